package assets

import _ "embed"

//go:generate go run ./gen/catalogue

// Catalogue is the offline catalogue of packages: names, versions, wheel names
// and sizes, and requirements, in the form that analysis/pyindex reads.
//
//go:embed catalogue.bin
var Catalogue []byte
