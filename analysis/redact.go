package analysis

import (
	"encoding/json"

	"weighline/analysis/reqfile"
)

// WithoutPasswords returns what [Build.Encode] made with stars for the passwords
// of package indexes in the texts of requirements: fit to be given to others. Data
// without any, or that Encode did not make, is returned as it is.
func WithoutPasswords(data []byte) []byte {
	var s savedBuild
	if json.Unmarshal(data, &s) != nil || s.Deps == nil {
		return data
	}
	changed := false
	for path, text := range s.Deps.Texts {
		if clean := reqfile.Redact(string(text)); clean != string(text) {
			s.Deps.Texts[path], changed = []byte(clean), true
		}
	}
	if !changed {
		return data
	}
	clean, err := json.Marshal(s)
	if err != nil {
		return data // it was read a moment ago
	}
	return clean
}
