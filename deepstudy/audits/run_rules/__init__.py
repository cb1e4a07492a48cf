"""One kind of error between a report and its runs, a file each: what the report says that no run did."""
