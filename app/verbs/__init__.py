"""The command line's verbs, one file each; every `run` returns the exit code and raises TratteggioError."""
