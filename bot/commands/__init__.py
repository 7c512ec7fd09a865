"""The sub-commands of `motcua`, a module each."""
