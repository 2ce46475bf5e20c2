"""What another version of the rules would have given over the posted months."""
