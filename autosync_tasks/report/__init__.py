"""The one room where output is made."""
