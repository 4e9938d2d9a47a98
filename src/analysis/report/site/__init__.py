"""The site of an output folder: one page with the scenarios in a table, one page for each executed notebook."""
