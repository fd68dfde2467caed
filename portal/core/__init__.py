"""What every slice stands on; knows no feature word and imports packages only."""
