package assets

import _ "embed"

//go:generate go run ./gen/sample

// SampleRequirements is the requirements file of the sample, speech-api.
//
//go:embed sample/requirements.txt
var SampleRequirements []byte

// SampleConstraints pins the versions of the sample, so that it weighs the same
// everywhere (pip install -c).
//
//go:embed sample/constraints.txt
var SampleConstraints []byte

// SampleImages is an OCI archive with two images, speech-api:before and
// speech-api:after. They are a scale model: what takes a megabyte in a real
// image takes a kilobyte here, and the label io.weighline.scale says so.
//
//go:embed sample/images.tar
var SampleImages []byte
