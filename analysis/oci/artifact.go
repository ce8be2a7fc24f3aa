package oci

import "strings"

// artifacts are documents that registries hold beside images, by a part of
// their config's, artifact's or layers' media type.
var artifacts = []struct{ part, name string }{
	{"helm.config", "a Helm chart"},
	{"helm.chart", "a Helm chart"},
	{"dev.cosign", "a cosign signature"},
	{"dev.sigstore", "a sigstore bundle"},
	{"in-toto", "an attestation"},
	{"notary.signature", "a Notary signature"},
	{"cyclonedx", "a bill of materials (CycloneDX)"},
	{"spdx", "a bill of materials (SPDX)"},
	{"docker.plugin", "a Docker plug-in"},
	{"docker.ai", "a model (Docker Model Runner)"},
	{"ollama.image", "an Ollama model"},
	{"cncf.model", "a model"},
	{"sylabs.sif", "a Singularity image file"},
	{"wasm", "a WebAssembly module"},
	{"cncf.flux", "a Flux bundle"},
	{"openpolicyagent", "a policy bundle"},
	{"buildkit.cacheconfig", "a build cache of BuildKit"},
	{"devcontainers", "a dev container feature"},
	{"compose.project", "a Compose application"},
}

// checkImage returns an error that names what the manifest is, unless it is
// that of an image.
func checkImage(d *document, what string) error {
	configType := ""
	if d.Config != nil {
		configType = d.Config.MediaType
	}
	types := []string{configType, d.ArtifactType}
	tars := len(d.Layers) == 0
	for _, l := range d.Layers {
		types = append(types, l.MediaType)
		tars = tars || strings.Contains(l.MediaType, "tar") || l.MediaType == ""
	}
	isConfig := configType == "" || strings.Contains(configType, "container.image") || strings.Contains(configType, "image.config")
	if isConfig && tars && d.Config != nil && named(types[:2]) == "" {
		return nil
	}
	kind := named(types)
	if kind == "" {
		kind = "an artifact"
	}
	for _, t := range []string{d.ArtifactType, configType, types[len(types)-1]} {
		if t != "" && !strings.Contains(t, "container.image") && !strings.Contains(t, "image.config") && !strings.Contains(t, "oci.empty") {
			return fail(NotAnImage, what, "this is %s (%s), not an image", kind, t)
		}
	}
	return fail(NotAnImage, what, "this is %s, not an image", kind)
}

func named(types []string) string {
	for _, t := range types {
		for _, a := range artifacts {
			if strings.Contains(t, a.part) {
				return a.name
			}
		}
	}
	return ""
}
