"""Table in, tidy DataFrame out: no drawing, no files, no clock."""
