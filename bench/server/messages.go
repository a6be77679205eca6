package main

import (
	"fmt"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
)

// Messages of proto/llm.proto as far as the benchmarks use them. Go's protobuf derives the same table-driven coder from
// these tags as from generated code, so that no protoc is needed to build.

type Params struct {
	MaxTokens   int32   `protobuf:"varint,1,opt,name=max_tokens,proto3"`
	Temperature float32 `protobuf:"fixed32,2,opt,name=temperature,proto3"`
}

type GenerationRequest struct {
	Prompt string  `protobuf:"bytes,1,opt,name=prompt,proto3"`
	Params *Params `protobuf:"bytes,2,opt,name=params,proto3"`
	Stream bool    `protobuf:"varint,4,opt,name=stream,proto3"`
}

type GenerationResponse struct {
	Text            string `protobuf:"bytes,1,opt,name=text,proto3"`
	TokensGenerated int32  `protobuf:"varint,2,opt,name=tokens_generated,proto3"`
}

type GenerationChunk struct {
	Token   string `protobuf:"bytes,1,opt,name=token,proto3"`
	IsFinal bool   `protobuf:"varint,2,opt,name=is_final,proto3"`
	Index   int32  `protobuf:"varint,3,opt,name=index,proto3"`
}

type HealthRequest struct{}

type HealthResponse struct {
	Healthy   bool   `protobuf:"varint,1,opt,name=healthy,proto3"`
	ModelName string `protobuf:"bytes,3,opt,name=model_name,proto3"`
}

func (m *Params) Reset()                     { *m = Params{} }
func (m *GenerationRequest) Reset()          { *m = GenerationRequest{} }
func (m *GenerationResponse) Reset()         { *m = GenerationResponse{} }
func (m *GenerationChunk) Reset()            { *m = GenerationChunk{} }
func (m *HealthRequest) Reset()              { *m = HealthRequest{} }
func (m *HealthResponse) Reset()             { *m = HealthResponse{} }
func (*Params) ProtoMessage()                {}
func (*GenerationRequest) ProtoMessage()     {}
func (*GenerationResponse) ProtoMessage()    {}
func (*GenerationChunk) ProtoMessage()       {}
func (*HealthRequest) ProtoMessage()         {}
func (*HealthResponse) ProtoMessage()        {}
func (m *Params) String() string             { return fmt.Sprintf("%+v", *m) }
func (m *GenerationRequest) String() string  { return m.Prompt }
func (m *GenerationResponse) String() string { return m.Text }
func (m *GenerationChunk) String() string    { return m.Token }
func (*HealthRequest) String() string        { return "" }
func (m *HealthResponse) String() string     { return m.ModelName }

// messageBytes is the length of every reply, as nearly as varints allow.
const messageBytes = 64

// padded makes the text of a message that is messageBytes long when encoded.
func padded(encode func(text string) protoadapt.MessageV1) string {
	text := ""
	for proto.Size(protoadapt.MessageV2Of(encode(text+"x"))) <= messageBytes {
		text += "x"
	}
	return text
}
