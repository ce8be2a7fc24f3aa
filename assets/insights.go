package assets

import _ "embed"

// DevPackages are distributions for development only, one a line: a name and what
// it is for. Lines that begin with # say where they are from.
//
//go:embed insights/dev.txt
var DevPackages string

// BuildTools are packages that only build other software, one a line: kind, name
// and what it is.
//
//go:embed insights/build.txt
var BuildTools string
