"""What starts a sync without a person: each builds the same command."""
