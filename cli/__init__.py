"""The command line: arguments in, exit code out. The library is imported absolutely."""
