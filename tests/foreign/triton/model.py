"""A language model that speaks fixed words, in Triton's Python backend. The prompt steers it:

  "fail"          answers with an error
  "fail after 2"  the same after two words
  "cancelled?"    tells how many requests were cancelled so far
"""

import json
import re
import threading
import time

import numpy
import triton_python_backend_utils as triton

WORDS = "A calm small voice tells every caller what the time is and when the next train leaves".split()
FINAL = triton.TRITONSERVER_RESPONSE_COMPLETE_FINAL


class Refused(Exception):
    pass


class TritonPythonModel:
    def initialize(self, args):
        config = json.loads(args["model_config"])
        given = {name: value["string_value"] for name, value in config["parameters"].items()}
        if given["ending"] == "broken":
            raise RuntimeError("this model is broken on purpose")
        self.first_s = float(given["first_ms"]) / 1000
        self.gap_s = float(given["gap_ms"]) / 1000
        self.empty_final = given["ending"] == "empty"
        self.decoupled = triton.using_decoupled_model_transaction_policy(config)
        self.batched = config["max_batch_size"] > 0
        self.counts = any(output["name"] == "num_output_tokens" for output in config["output"])
        self.cancelled = 0

    def execute(self, requests):
        if not self.decoupled:
            return [self.whole(request) for request in requests]
        for request in requests:
            sender = request.get_response_sender()
            threading.Thread(target=self.stream, args=(sender, self.read(request)), daemon=True).start()
        return None

    def read(self, request):
        def first(name, default):
            tensor = triton.get_input_tensor_by_name(request, name)
            return default if tensor is None else tensor.as_numpy().reshape(-1)[0]

        return first("text_input", b"").decode(), int(first("max_tokens", 16)), bool(first("stream", False))

    def tensor(self, name, value):
        values = numpy.array([value])
        return triton.Tensor(name, values.reshape(1, 1) if self.batched else values)

    def reply(self, text, tokens, prompt):
        tensors = [self.tensor("text_output", numpy.object_(text.encode()))]
        if self.counts:
            tensors.append(self.tensor("num_output_tokens", numpy.int32(tokens)))
            tensors.append(self.tensor("num_input_tokens", numpy.int32(len(prompt))))
        return triton.InferenceResponse(tensors)

    def words(self, prompt, limit):
        if prompt == "cancelled?":
            yield str(self.cancelled)
            return
        failing = re.search(r"\bfail(?: after (\d+))?", prompt)
        for number in range(limit):
            if failing and number == int(failing[1] or 0):
                raise Refused("the prompt asked for a failure")
            time.sleep(self.first_s if number == 0 else self.gap_s)
            yield WORDS[number % len(WORDS)] + " "

    def whole(self, request):
        prompt, limit, stream = self.read(request)
        try:
            if stream:
                raise Refused("this model does not stream")
            words = list(self.words(prompt, limit))
        except Refused as refused:
            return triton.InferenceResponse(error=triton.TritonError(str(refused)))
        return self.reply("".join(words), len(words), prompt)

    def stream(self, sender, asked):
        prompt, limit, stream = asked
        words = self.words(prompt, limit)
        try:
            if not stream:
                words = iter(["".join(words)])
            here = next(words, None)
            while here is not None:
                if sender.is_cancelled():
                    self.cancelled += 1
                    return sender.send(flags=FINAL)
                following = next(words, None)
                last = following is None and not self.empty_final
                sender.send(self.reply(here, 1 if stream else limit, prompt), flags=FINAL if last else 0)
                here = following
            if self.empty_final or limit == 0:
                sender.send(flags=FINAL)
        except Refused as refused:
            sender.send(triton.InferenceResponse(error=triton.TritonError(str(refused))), flags=FINAL)
