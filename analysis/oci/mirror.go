package oci

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A placeOf an image is where it may lie: at a mirror, or where its name says.
type placeOf struct {
	reference string
	insecure  bool   // plain HTTP is allowed
	mirror    bool   // not the place of the name
	file      string // the settings that name it, or ""
}

// places are where an image is looked for, in that order. The error is an
// [*Error]; the sentence says that settings could not be read, or is "".
func places(reference string, ref name.Reference) ([]placeOf, string, error) {
	all, err := readRegistriesConf()
	trouble := ""
	if err != nil {
		trouble = clean(strings.ReplaceAll(err.Error(), "\n", "; ")) + "."
	}
	named := placeOf{reference: reference}
	full := fullName(ref)
	r := registryOf(all, full)
	if r == nil {
		return []placeOf{named}, trouble, nil
	}
	if r.Blocked {
		return nil, trouble, fail(Blocked, reference, "the settings in %s block pulls from %s", r.file, r.Prefix)
	}
	_, byDigest := ref.(name.Digest)
	rest := full[r.matchedBytes:]
	var out []placeOf
	for _, m := range r.Mirror {
		if m.Location != "" && m.wants(byDigest, r.DigestOnly) {
			out = append(out, placeOf{m.Location + rest, m.Insecure, true, r.file})
		}
	}
	named.insecure, named.file = r.Insecure, r.file
	if r.Location != "" && r.Location != full[:r.matchedBytes] {
		named.reference, named.mirror = r.Location+rest, true
	}
	return append(out, named), trouble, nil
}

// A found image is its manifest or index, and the repository that has it.
type found struct {
	*repository
	desc     *remote.Descriptor
	warnings []Warning
}

// find asks the places of an image one after the other. Credentials are looked
// up for each by its own name; those of [Options] are for the host of the
// reference and go to no other.
func find(ctx context.Context, reference string, o Options) (*found, error) {
	ref, err := name.ParseReference(reference, name.WeakValidation)
	if err != nil {
		return nil, fail(BadReference, reference, "it is no name of an image: %v", err)
	}
	all, trouble, err := places(reference, ref)
	if err != nil {
		return nil, err
	}
	out := &found{}
	if trouble != "" {
		out.warnings = append(out.warnings, Warning{"registries-conf", trouble})
	}
	host := ref.Context().RegistryStr()
	var passed []string
	for _, p := range all {
		err = out.ask(ctx, p, host, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			if p.mirror {
				out.warnings = append(out.warnings, Warning{"mirror", fmt.Sprintf("It was read from %s, as %s says.", clean(p.reference), clean(p.file))})
			}
			for _, text := range passed {
				out.warnings = append(out.warnings, Warning{"mirror", text})
			}
			return out, nil
		}
		passed = append(passed, sentence("It could not be read from "+err.Error()))
	}
	if e := (*Error)(nil); errors.As(err, &e) && len(all) > 1 {
		e.Why = strings.TrimSuffix(e.Why, ".") + fmt.Sprintf(". (Nor could it be read from the %d mirrors of %s.)", len(all)-1, clean(all[0].file))
	}
	return nil, err
}

// sentence ends a text with a full stop, if it does not.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, ".)") {
		return text
	}
	return text + "."
}

// ask gets the manifest or index from a place.
func (f *found) ask(ctx context.Context, p placeOf, host string, o Options) error {
	ref, err := name.ParseReference(p.reference, name.WeakValidation)
	if err != nil {
		return fail(BadReference, p.reference, "it is no name of an image: %v", err)
	}
	if ref.Context().RegistryStr() != host {
		o.Username, o.Password = "", ""
	}
	if f.repository, err = connect(ctx, p.reference, p.insecure, o); err != nil {
		return err
	}
	if f.desc, err = remote.Get(f.ref, remote.WithContext(ctx), remote.WithTransport(f.rt)); err != nil {
		return f.explain(ctx, err)
	}
	return nil
}
