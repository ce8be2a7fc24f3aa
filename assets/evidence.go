package assets

import _ "embed"

// ImportNames is the table of names by which code imports distributions, for
// analysis/evidence, with its sources.
//
//go:embed evidence/importnames.txt
var ImportNames string

// StandardLibrary lists the modules that come with Python.
//
//go:embed evidence/stdlib.txt
var StandardLibrary string

// Commands is the table of commands that distributions install, for
// analysis/evidence, with its sources.
//
//go:embed evidence/commands.txt
var Commands string
