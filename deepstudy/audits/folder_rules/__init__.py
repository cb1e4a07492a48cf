"""One kind of error between the files of a folder, a file each: what two files say of the same run."""
