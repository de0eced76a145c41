"""What only Linux has: a file for each thing, with why it is used. Another system needs these and no search."""
