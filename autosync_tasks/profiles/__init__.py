"""What the program knows of one agent, as data: a TOML file for each, shipped here or written by a person."""
