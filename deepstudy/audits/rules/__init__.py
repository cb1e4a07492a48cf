"""One kind of impossible number per file; `RULES` in `audits` lists them."""
