package main

import (
	"errors"
	"os"

	"weighline/analysis"
	"weighline/analysis/oci"
	"weighline/analysis/reqfile"
)

// insteadOf adds to the error of a folder or a pipe that was taken for one kind of
// input, and holds the other, the command that reads that.
func insteadOf(in analysis.Input, s *sourceFlags, err error) error {
	var format *reqfile.FormatError
	x, fromPipe := s.piped[in.Image]
	switch {
	case fromPipe && !x.archive:
		return &hintedError{explain(err), "docker save IMAGE | weigh image - weighs an image, weigh deps - requirements"}
	case errors.As(err, &format) && s.piped[format.File].archive:
		return &hintedError{explain(err), "weigh image - weighs an image"}
	case oci.CodeOf(err) == oci.NotAnImage && hasRequirements(in.Image):
		return &hintedError{explain(err), "weigh deps " + in.Image + " weighs the requirements in it"}
	case errors.As(err, &format) && hasImage(format.File):
		return &hintedError{explain(err), "weigh image " + format.File + " weighs the image in it"}
	}
	return err
}

// hasRequirements reports whether path is a folder with a file of requirements.
func hasRequirements(path string) bool {
	files, err := reqfile.Candidates(path)
	return err == nil && len(files) > 0
}

// hasImage reports whether path is a folder with an image.
func hasImage(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return false
	}
	in, err := analysis.Classify([]string{path})
	return err == nil && in.Image != ""
}
