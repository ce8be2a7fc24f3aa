package analysis

import (
	"bytes"
	"context"
	"strings"

	"weighline/analysis/oci"
	"weighline/assets"
)

// The names of the sample and of its parts, in the place of a path or a
// reference: "sample", "sample:before", "sample:after".
const (
	SampleName   = "sample"
	SampleBefore = samplePrefix + "before"
	SampleAfter  = samplePrefix + "after"
	samplePrefix = SampleName + ":"
)

// The names of the sample's files.
const (
	sampleFile        = samplePrefix + "requirements.txt"
	sampleConstraints = samplePrefix + "constraints.txt"
)

// SampleInput is the sample that is part of the program: the requirements of a
// speech service, and the image that was built from them.
func SampleInput() Input {
	return Input{Files: []string{sampleFile}, Constraints: []string{sampleConstraints}, Image: SampleBefore}
}

// texts returns the files among which the one called name is looked for, nil
// for the disk's.
func (o Options) texts(name string) map[string][]byte {
	if _, ok := o.Texts[name]; ok {
		return o.Texts
	}
	if strings.HasPrefix(name, samplePrefix) {
		return map[string][]byte{sampleFile: assets.SampleRequirements, sampleConstraints: assets.SampleConstraints}
	}
	return nil
}

// openImage opens an image, the sample's ones from the program itself.
func openImage(ctx context.Context, ref string, o oci.Options) (*oci.Image, error) {
	tag, ok := strings.CutPrefix(ref, samplePrefix)
	if !ok {
		return oci.Open(ctx, ref, o)
	}
	o.Tag = "speech-api:" + tag
	return oci.OpenArchive(ctx, ref, bytes.NewReader(assets.SampleImages), int64(len(assets.SampleImages)), o)
}
