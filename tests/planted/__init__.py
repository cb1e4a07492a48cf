"""Small networks with one known bug each (`Planted…`), and sound twins (`Sound…`); one file per check."""
