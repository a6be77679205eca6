import assert from "node:assert/strict";
import { fileErrorKind, isFileSystemError, outputError } from "../../lib/result/output_error.ts";

Deno.test("fileErrorKind() knows a full disk and a file that may not grow", () => {
  assert.equal(fileErrorKind(new Error("No space left on device (os error 28)")), "disk_full");
  assert.equal(fileErrorKind(new Error("File too large (os error 27)")), "file_too_large");
  assert.equal(fileErrorKind(new Deno.errors.PermissionDenied("no")), "permission_denied");
  assert.equal(fileErrorKind(new Deno.errors.AlreadyExists("no")), "exists");
  assert.equal(fileErrorKind(new Error("Too many open files (os error 24)")), "too_many_files");
  assert.equal(fileErrorKind(new Error("Input/output error (os error 5)")), "other");
});

Deno.test("isFileSystemError() leaves errors of the program alone", () => {
  assert.ok(isFileSystemError(new Deno.errors.NotFound("no")));
  assert.ok(isFileSystemError(new Error("Input/output error (os error 5)")));
  assert.ok(!isFileSystemError(new TypeError("undefined is no function")));
});

Deno.test("outputError() says what to do", () => {
  const { kind, message } = outputError("a/b", new Error("Input/output error (os error 5)"));
  assert.deepEqual([kind, message], [
    "output",
    'Cannot write "a/b": Input/output error (os error 5); choose another --output-dir',
  ]);
  assert.match(
    outputError("a/b", new Error("Too many open files (os error 24)")).message,
    /^Cannot write "a\/b": june-load may open no more files and connections \(EMFILE\); run `ulimit -n 65536`/,
  );
});
