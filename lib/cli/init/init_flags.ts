/** Flags of `june-load init`. */

/** The values of the flags. */
export interface InitFlags {
  name: string;
  target?: string[];
  triton?: string;
  openai?: string;
  juneLlm?: string;
  rivaAsr?: string;
  openaiStt?: string;
  juneStt?: string;
  rivaTts?: string;
  openaiTts?: string;
  juneTts?: string;
  grpc?: string;
  rest?: string;
  websocket?: string;
}
