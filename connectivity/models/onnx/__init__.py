"""ONNX models: the file's messages, its graph, and what its operators become; a table says which are known."""
