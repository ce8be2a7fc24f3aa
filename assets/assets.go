// Package assets holds the bytes that are part of the program: the icon, the
// offline catalogue of package sizes, and the sample that is shown at the first
// start. It reads nothing and knows nothing: each reader of an asset has its own
// package.
package assets

import _ "embed"

//go:generate go run ./gen/icon

// Icon is the program's icon, a PNG of 512 by 512 pixels.
//
//go:embed icon.png
var Icon []byte
