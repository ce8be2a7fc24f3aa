package state

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/analysis/report"
	"weighline/analysis/reqfile"
	"weighline/ui/texts"
)

// CanExport reports whether something is open whose preview can be written.
func (s *Session) CanExport() bool { return s.Build != nil && s.Preview.Removal != nil }

// Export writes files of the preview, all of them whole or none, and tells what
// was written, and that the slim requirements were read again and resolve to the
// preview. reportPath names a report, whose ending says in which form; "" for
// none. If files stand in the way nothing is written, and the notice offers to
// replace them.
func (s *Session) Export(to analysis.Exports, reportPath string, overwrite bool) {
	if !s.CanExport() {
		return
	}
	build, v := s.Build, s.Preview
	v.Plan = s.Plan
	s.task(func() { s.Export(to, reportPath, overwrite) }, func(ctx context.Context) (func(), error) {
		full := to
		if reportPath != "" {
			data, err := buildReport(ctx, build, v, reportPath)
			if err != nil {
				return nil, err
			}
			full.More = append(slices.Clone(to.More), analysis.Output{Path: reportPath, Data: data})
		}
		x, err := build.Export(ctx, v, full, overwrite)
		var exists *analysis.ExistsError
		switch {
		case errors.As(err, &exists):
			return func() {
				s.Notice = Notice{Severity: Caution, Text: exists.Error() + ".", Why: texts.T("Nothing was written."),
					Actions: []Action{{texts.T("Replace"), func() { s.Export(to, reportPath, true) }}}}
			}, nil
		case x == nil:
			return nil, err
		}
		return func() { s.Notice = exported(v, to, x, err) }, nil
	})
}

// exported tells what was written and what reading it again showed.
func exported(v plan.Preview, to analysis.Exports, x *analysis.Exported, err error) Notice {
	names := make([]string, len(x.Written))
	for i, path := range x.Written {
		names[i] = layer.Printable(filepath.Base(path))
	}
	n := Notice{Text: texts.F("Wrote %s.", strings.Join(names, ", "))}
	if err != nil {
		n.Severity, n.Why = Caution, layer.Printable(err.Error())
		return n
	}
	if to.Requirements == "" {
		n.Why = strings.Join(x.Notes, " ")
		return n
	}
	n.Text += " " + texts.F("The preview is %d packages, %s to download.", v.After.Packages, v.After.Download)
	n.Why = texts.T("Read again: it resolves to the preview.")
	if x.KeptBy != "" {
		n.Why += " " + texts.F("%s keeps versions that the lines alone leave open: %s.", layer.Printable(filepath.Base(x.KeptBy)), pins(x.Kept))
	}
	if len(x.Notes) > 0 { // which tell what could not be checked, too
		n.Severity, n.Why = Caution, layer.Printable(strings.Join(x.Notes, ". "))
	}
	if len(v.Excluded) > 0 {
		n.Hint = texts.F("pip cannot exclude what others require: %s will be installed again", list(v.Excluded))
	}
	return n
}

// pins lists packages with their versions, the first few of many.
func pins(list []reqfile.Pin) string {
	text, more := reqfile.FirstPins(list, 3)
	if more > 0 {
		return texts.F("%s and %d more", text, more)
	}
	return text
}

// buildReport returns the report of a build with its preview, in the form that
// the ending of path says: HTML, Markdown or CSV.
func buildReport(ctx context.Context, b *analysis.Build, v plan.Preview, path string) ([]byte, error) {
	var out bytes.Buffer
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		err := report.WriteBuildCSV(&out, b, v)
		return out.Bytes(), err
	}
	d := report.BuildDocument(b, v, report.Made{By: "Weighline", At: time.Now()}, nil)
	d.AddStrategies(b.Strategies(v.Plan, plan.Speeds{}))
	d.AddFindings(b.Insights(ctx))
	write := d.HTML
	if strings.EqualFold(filepath.Ext(path), ".md") {
		write = d.Markdown
	}
	err := write(&out)
	return out.Bytes(), err
}

// ReportPath gives a report the ending of a form, .html if it has none.
func ReportPath(path string) string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".html", ".md", ".csv":
		return path
	}
	return path + ".html"
}

// ExportCommands returns what uv and pip would be told to do as the plan does, ""
// without requirements.
func (s *Session) ExportCommands(requirements string) string {
	if !s.CanExport() || s.Build.Deps == nil {
		return ""
	}
	return s.Build.Commands(s.Preview, requirements)
}

// LoadPlan reads a plan from a file and makes it the plan, as one step of undo.
// What of it the open build has not is told.
func (s *Session) LoadPlan(path string) {
	build := s.Build
	if build == nil {
		return
	}
	s.task(func() { s.LoadPlan(path) }, func(context.Context) (func(), error) {
		p, problem, err := readPlan(path)
		if err != nil {
			return nil, err
		}
		return func() {
			if s.Build != build {
				return // another one was opened meanwhile
			}
			s.setPlan(p)
			s.Notice = Notice{Text: texts.F("The plan is that of %s.", layer.Printable(filepath.Base(path)))}
			if missing := s.notHere(p); len(missing) > 0 {
				s.Notice.Severity, s.Notice.Why = Caution, texts.F("The open build has no %s.", list(missing))
			}
			if problem != nil {
				s.Notice.Severity, s.Notice.Hint = Caution, layer.Printable(problem.Error())
			}
		}, nil
	})
}

// maxPlan bounds the file of a plan, which is a few names.
const maxPlan = 4 << 20

// readPlan reads a plan; problem tells what of it this program does not know.
func readPlan(path string) (p plan.Plan, problem, err error) {
	if info, err := os.Stat(path); err != nil {
		return p, nil, err
	} else if !info.Mode().IsRegular() || info.Size() > maxPlan {
		return p, nil, &planError{path, errors.New("it is no file with a plan")}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return p, nil, err
	}
	p, err = plan.Decode(data)
	var unknown *plan.UnknownError
	if errors.As(err, &unknown) {
		return p, unknown, nil
	}
	if err != nil {
		return p, nil, &planError{path, err}
	}
	return p, nil, nil
}

// A planError says that a file holds no plan.
type planError struct {
	path string
	err  error
}

func (e *planError) Error() string {
	return texts.F("%s holds no plan as Weighline writes them: %s", layer.Printable(e.path), layer.Printable(e.err.Error()))
}

func (e *planError) Unwrap() error { return e.err }

// notHere returns the packages that a plan decides about and the build has not.
func (s *Session) notHere(p plan.Plan) (missing []pep.Name) {
	g := s.Graph()
	if g == nil {
		return nil
	}
	names := slices.Concat(p.Drop, p.Dev)
	for n := range p.Swap {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		if _, ok := g.Index(n); !ok {
			missing = append(missing, n)
		}
	}
	return missing
}

// ComparePlanFile compares what the plan makes of the open build with what the
// plan in a file would make of it.
func (s *Session) ComparePlanFile(path string) {
	if s.Build == nil || s.subject == nil || s.Busy() {
		return
	}
	b, v, subject := s.Build, s.Preview, s.subject
	a := s.openSide()
	a.plan = plan.Plan{}
	if !s.Plan.Empty() {
		a = compareSide{title: texts.F("%s with the plan", s.Title), build: b.After(v)}
	}
	s.compare(a, compareSide{title: filepath.Base(path), read: func(context.Context, []*analysis.Build, func(analysis.Progress)) (sideRead, error) {
		p, problem, err := readPlan(path)
		if err != nil {
			return sideRead{}, err
		}
		return sideRead{build: b.After(subject.Apply(p))}, problem
	}})
}
