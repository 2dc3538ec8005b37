package cloudformation

import (
	"bytes"
	_ "embed" // the scripts
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onramp/internal/awsname"
	"onramp/internal/plan"
	"onramp/render"
	"onramp/render/shell"
)

var (
	//go:embed stackset.sh
	stackSetBody string
	//go:embed accounts.sh
	accountsBody string
)

// StackSetOptions say where a stack set's stacks are, and how they get there.
type StackSetOptions struct {
	Name     string   // of the stack set; "" : as the stack would be called
	OUs      []string // organizational units, ou-xxxx-xxxxxxxx, or roots, r-xxxx
	Accounts []string // only these accounts of theirs; none: all
	Regions  []string // in the order in which they are deployed to: a first one that matters least is a good test

	// FailureTolerancePercentage of the accounts may fail in a region before the rest is not begun; zero:
	// none may.
	FailureTolerancePercentage int
	// MaxConcurrentPercentage of the accounts are worked on at once in a region; zero: 25.
	MaxConcurrentPercentage int
	RegionConcurrency       string // Sequential or Parallel; "" : Sequential
	DelegatedAdmin          bool   // run from a delegated administrator's account, not the management account
	ExecutionRole           string // name of the role that post.sh takes on in each account; "" : DefaultRole
}

// Defaults of a stack set, and how its regions follow each other.
const (
	DefaultFailureTolerance = 10
	DefaultMaxConcurrent    = 25
	DefaultRole             = "OrganizationAccountAccessRole" // of every account that Organizations has made
	Sequential              = "SEQUENTIAL"
	Parallel                = "PARALLEL"
)

// StackSet writes the template so that it holds in every account, and the scripts that bring it there.
func StackSet(p plan.Plan, s StackSetOptions, o render.Origin) ([]render.File, error) {
	if len(p.Problems) > 0 {
		return nil, fmt.Errorf("render stack set: the plan is not complete: %w", p.Problems[0])
	}
	s = s.withDefaults(p)
	if wrong := s.Check(p.Target.Partition); len(wrong) > 0 {
		return nil, fmt.Errorf("render stack set: %w", errors.Join(wrong...))
	}
	if err := unmarked(p); err != nil {
		return nil, err
	}
	t, err := newTemplate(p, true, s.longestRegion())
	if err != nil {
		return nil, err
	}
	body, parameters, err := t.files(o)
	if err != nil {
		return nil, err
	}
	files := []render.File{
		{Name: fileTemplate, Data: body},
		{Name: fileParameters, Data: parameters},
		{Name: fileDeploy, Data: t.deploySet(len(body), s, o), Executable: true},
		{Name: fileAccounts, Data: t.accounts(s, o), Executable: true},
	}
	if len(t.before) > 0 {
		pre, err := t.script(t.before, t.lookAtStore(), p.Title+": what must be so before the stacks are deployed", o)
		if err != nil {
			return nil, err
		}
		files = append(files, render.File{Name: filePre, Data: pre, Executable: true})
	}
	if t.hasPost() {
		post, err := t.script(t.after, t.lookAtStack(eachStack), p.Title+": what CloudFormation cannot do", o)
		if err != nil {
			return nil, err
		}
		files = append(files, render.File{Name: filePost, Data: post, Executable: true})
	}
	return files, t.err
}

func (s StackSetOptions) withDefaults(p plan.Plan) StackSetOptions {
	if s.Name == "" {
		s.Name = stackName(p.Owner)
	}
	if s.MaxConcurrentPercentage == 0 {
		s.MaxConcurrentPercentage = DefaultMaxConcurrent
	}
	if s.RegionConcurrency == "" {
		s.RegionConcurrency = Sequential
	}
	if s.ExecutionRole == "" {
		s.ExecutionRole = DefaultRole
	}
	return s
}

// The rules of a stack set are compiled when one is written: long repetitions take more than half a millisecond of
// every start.
var (
	stackSetName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]{0,127}$`) })
	unitID       = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32})$`)
	})
)

// Wrong is an option that cannot be.
type Wrong struct {
	Option string // name of the field
	Value  string // "" : nothing was given
	Rule   string
}

// Error implements error.
func (w *Wrong) Error() string {
	if w.Value == "" {
		return w.Rule
	}
	return fmt.Sprintf("%s %q: %s", w.Option, w.Value, w.Rule)
}

// Check holds the options to the rules of the API (AWS CloudFormation API Reference, CreateStackSet,
// DeploymentTargets, StackSetOperationPreferences), and gives a *Wrong for each that breaks one. What is empty
// and has a default is right.
func (s StackSetOptions) Check(partition string) []error {
	var wrong checks
	wrong.hold(s.Name == "" || stackSetName().MatchString(s.Name), "Name", s.Name, "a stack set's name has up to 128 letters, digits and hyphens, a letter first")
	wrong.hold(len(s.OUs) > 0, "OUs", "", "no organizational unit is named")
	for _, ou := range s.OUs {
		wrong.hold(unitID().MatchString(ou), "OUs", ou, "the id of an organizational unit looks like ou-ab12-cdefgh34, or r-ab12 for a root")
	}
	for _, a := range s.Accounts {
		wrong.holds(awsname.AccountID(a), "Accounts", a)
	}
	wrong.hold(len(s.Regions) > 0, "Regions", "", "no region is named")
	for i, r := range s.Regions {
		if err := awsname.Region(r); err != nil {
			wrong.holds(err, "Regions", r)
		} else {
			wrong.hold(awsname.Partition(r) == partition, "Regions", r, "it is not in the partition "+partition+", and a stack set does not leave its own")
		}
		wrong.hold(!slices.Contains(s.Regions[:i], r), "Regions", r, "it is named twice")
	}
	n := s.FailureTolerancePercentage
	wrong.hold(n >= 0 && n <= 100, "FailureTolerancePercentage", strconv.Itoa(n), "it is a percentage, 0 to 100")
	n = s.MaxConcurrentPercentage
	wrong.hold(n >= 0 && n <= 100, "MaxConcurrentPercentage", strconv.Itoa(n), "it is a percentage, 1 to 100")
	wrong.hold(slices.Contains([]string{"", Sequential, Parallel}, s.RegionConcurrency), "RegionConcurrency", s.RegionConcurrency, "it is "+Sequential+" or "+Parallel)
	if s.ExecutionRole != "" {
		wrong.holds(awsname.RoleName(s.ExecutionRole), "ExecutionRole", s.ExecutionRole)
	}
	return wrong
}

// checks are the rules that do not hold.
type checks []error

func (c *checks) hold(is bool, option, value, rule string) {
	if !is {
		*c = append(*c, &Wrong{option, value, rule})
	}
}

func (c *checks) holds(err error, option, value string) {
	if err != nil {
		c.hold(false, option, value, err.Error())
	}
}

// roomForRegion is the length of the longest region that there is today: a stack set may get more regions
// later, and names must hold there too.
const roomForRegion = len("us-isof-south-1")

func (s StackSetOptions) longestRegion() int {
	most := roomForRegion
	for _, r := range s.Regions {
		most = max(most, len(r))
	}
	return most
}

// json writes a value as a word of bash that holds JSON.
func (t *template) json(v any) string {
	text, err := quotedJSON(v)
	t.fail(err)
	return shell.Quote(text)
}

// deploySetCalls are those of its deploy.sh's calls that not every version of the AWS CLI can make.
var deploySetCalls = []plan.Call{
	plan.NewCall("cloudformation", "CreateStackInstances", "OperationPreferences", plan.In("ConcurrencyMode", "SOFT_FAILURE_TOLERANCE")),
	plan.NewCall("cloudformation", "UpdateStackSet", "OperationPreferences", plan.In("ConcurrencyMode", "SOFT_FAILURE_TOLERANCE")),
}

func (t *template) deploySet(size int, s StackSetOptions, o render.Origin) []byte {
	var b strings.Builder
	b.WriteString(t.heading(o, [2]string{"deploys", t.plan.Title}, [2]string{"set", s.Name}, [2]string{"to", strings.Join(s.OUs, ", ")}, [2]string{"in", strings.Join(s.Regions, ", ")}))
	b.WriteString(commented(t.orderOfSet(size, s)...))
	b.WriteString(shell.Beginning(deploySetCalls))
	t.writeSettings(&b, s)
	fmt.Fprintf(&b, "TAGS=%s\nTARGETS=%s\nPREFERENCES=%s\nAUTO_DEPLOYMENT=%s\n", shell.Quote(t.tagList()), t.json(s.targets()), t.json(s.preferences()), s.autoDeployment())
	writeTemplateWord(&b, size, s.Name, t.hash)
	b.WriteString(commonBody + stackSetBody)
	if t.hasPost() {
		b.WriteString("say 'Now run accounts.sh: " + t.postDoes("in each account ") + ".'\n")
	}
	return []byte(b.String())
}

// writeSettings writes what both scripts know of the stack set.
func (t *template) writeSettings(b *strings.Builder, s StackSetOptions) {
	callAs := "SELF"
	if s.DelegatedAdmin {
		callAs = "DELEGATED_ADMIN"
	}
	fmt.Fprintf(b, "REGION=%s # of the stack set itself\nSET=%s\nCALL_AS=%s\nREGIONS=(%s)\n", shell.Quote(t.plan.Target.Region), shell.Quote(s.Name), callAs, quotedAll(s.Regions))
}

func quotedAll(items []string) string {
	words := make([]string, len(items))
	for i, s := range items {
		words[i] = shell.Quote(s)
	}
	return strings.Join(words, " ")
}

// The inputs of the calls, in the order in which people read them.
type (
	targets struct {
		OrganizationalUnitIds []string
		Accounts              []string `json:",omitempty"`
		AccountFilterType     string   `json:",omitempty"`
	}
	preferences struct {
		RegionConcurrencyType      string
		RegionOrder                []string `json:",omitempty"`
		FailureTolerancePercentage int
		MaxConcurrentPercentage    int
		ConcurrencyMode            string
	}
)

func (s StackSetOptions) targets() targets {
	out := targets{OrganizationalUnitIds: s.OUs}
	if len(s.Accounts) > 0 {
		out.Accounts, out.AccountFilterType = s.Accounts, "INTERSECTION"
	}
	return out
}

// preferences: with a soft tolerance the failures that are allowed do not bound how many accounts are worked
// on at once (AWS CloudFormation User Guide, Choose the Concurrency Mode for StackSets).
func (s StackSetOptions) preferences() preferences {
	out := preferences{
		RegionConcurrencyType: s.RegionConcurrency, FailureTolerancePercentage: s.FailureTolerancePercentage,
		MaxConcurrentPercentage: s.MaxConcurrentPercentage, ConcurrencyMode: "SOFT_FAILURE_TOLERANCE",
	}
	if s.RegionConcurrency == Sequential {
		out.RegionOrder = s.Regions
	}
	return out
}

// autoDeployment gives the stack to accounts that join a unit later. It knows units only, so where single
// accounts are named it is off.
func (s StackSetOptions) autoDeployment() string {
	if len(s.Accounts) > 0 {
		return "Enabled=false"
	}
	return "Enabled=true,RetainStacksOnAccountRemoval=true"
}

func (t *template) orderOfSet(size int, s StackSetOptions) []string {
	who := "the organization's management account"
	if s.DelegatedAdmin {
		who = "the account of a delegated administrator"
	}
	lines := []string{
		"It is run with credentials of " + who + ", and takes",
		shell.Takes(deploySetCalls) + ".",
		"Trusted access for StackSets must be on in the organization:",
		"aws cloudformation activate-organizations-access. In this order:", "",
	}
	if len(t.before) > 0 {
		lines = append(lines, "  bash accounts.sh pre.sh    in each account and region: "+strings.Join(said(t.before), "; "))
	}
	lines = append(lines, "  bash deploy.sh             makes or changes the stack set, and its stacks in every account and region")
	if t.hasPost() {
		does := said(t.after)
		if len(does) == 0 {
			does = []string{"it tells what is left to do by hand and what to hand over"}
		}
		lines = append(lines, "  bash accounts.sh           runs post.sh in each account and region: "+strings.Join(does, "; "))
	}
	lines = append(lines, "", "Each can be run again at any time: it goes on with what is missing.")
	if s.autoDeployment() == "Enabled=false" {
		lines = append(lines, "Accounts that join the units later get no stack, because single accounts were named.")
	} else {
		lines = append(lines, t.joining()...)
	}
	return slices.Concat(lines, t.ofOneAccount(), t.stores(), t.crowded(len(s.Regions)), needsUpload(size))
}

// joining says what becomes of an account that joins a unit, or leaves it.
func (t *template) joining() []string {
	const leaves = "One that leaves keeps its stack."
	var scripts []string
	if len(t.before) > 0 {
		scripts = append(scripts, "pre.sh")
	}
	if t.hasPost() {
		scripts = append(scripts, "post.sh")
	}
	if len(scripts) == 0 {
		return []string{"An account that joins one of the units later gets its stack by itself. " + leaves}
	}
	return []string{
		"An account that joins one of the units later gets its stack by itself, but nothing runs " + strings.Join(scripts, " or ") + " there:",
		"run accounts.sh for it then. " + leaves,
	}
}

// ofOneAccount says what of the plan a stack set does not have, because it names what is called otherwise elsewhere.
func (t *template) ofOneAccount() []string {
	var what []string
	for _, f := range t.plan.Files {
		what = append(what, "  file "+f.Name+": "+f.Title)
	}
	for _, f := range t.plan.FollowUps {
		if len(f.Command) > 0 {
			what = append(what, "  by hand: "+f.Title)
		}
	}
	if len(what) == 0 {
		return nil
	}
	return append([]string{
		"", "These are for one account and region, and not in a stack set. Export them for each by itself, and put in the names that",
		"accounts.sh tells: those of a stack set have the region at their end.",
	}, what...)
}

// stores lists what each account must keep in its Parameter Store.
func (t *template) stores() []string {
	var lines []string
	for _, p := range t.parameters {
		if strings.HasPrefix(p.kind, storedKind) {
			lines = append(lines, "  "+p.value)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return append([]string{
		"", "What is there already is called something else in each account and region. There it is read from these parameters",
		"of Systems Manager (aws ssm put-parameter --type String --name NAME --value VALUE; commas between several values):",
	}, lines...)
}

func (t *template) accounts(s StackSetOptions, o render.Origin) []byte {
	var b strings.Builder
	b.WriteString(t.heading(o, [2]string{"for", t.plan.Title}, [2]string{"set", s.Name}))
	b.WriteString(commented(
		"bash accounts.sh [SCRIPT] takes on the role "+s.ExecutionRole+" in each account of the stack set, one after another,",
		"and runs SCRIPT there, which is post.sh if not given, once for each region. After a failure it goes on with the next",
		"account, and lists all failures at the end. ONLY='ACCOUNT/REGION ...' goes to these places only; DRY_RUN=1 and ADOPT=1",
		"mean what they mean to SCRIPT. It takes "+shell.Takes(nil)+", and SCRIPT may take",
		"later versions. Credentials of the accounts are in the environment of SCRIPT and nowhere else."))
	b.WriteString(shell.Beginning(nil))
	t.writeSettings(&b, s)
	fmt.Fprintf(&b, "PARTITION=%s\nROLE=%s\nUNITS=(%s)\nACCOUNTS=(%s)\n", shell.Quote(t.plan.Target.Partition), shell.Quote(s.ExecutionRole), quotedAll(s.OUs), quotedAll(s.Accounts))
	b.WriteString(commonBody + accountsBody)
	return []byte(b.String())
}

// In a script for every account these stand where another script has the number of its account, its region
// and the name of its stack.
const (
	eachAccount = "ONRAMPACCOUNT"
	eachRegion  = "ONRAMPREGION"
	eachStack   = "ONRAMPSTACK"
)

// unmarked refuses a plan in which a name holds one of them: the scripts would say another name.
func unmarked(p plan.Plan) error {
	said, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("render stack set: read the plan's names: %w", err)
	}
	for _, mark := range []string{eachAccount, eachRegion, eachStack} {
		if bytes.Contains(said, []byte(mark)) {
			return fmt.Errorf("render stack set: a name in the plan holds %s, which stands for an account's own in the scripts: choose another", mark)
		}
	}
	return nil
}

var errOneAccount = errors.New("render stack set: a step of the plan names the account, and so cannot be done in others")

// neutral makes a script for the account that accounts.sh tells it.
func (t *template) neutral(script []byte) ([]byte, error) {
	head := fmt.Sprintf("ACCOUNT=%s\nREGION=%s\n", eachAccount, eachRegion)
	if bytes.Count(script, []byte(head)) != 1 {
		return nil, errors.New("render stack set: the script does not begin as expected")
	}
	script = bytes.Replace(script, []byte(head), []byte("ACCOUNT=${ONRAMP_ACCOUNT:?accounts.sh says it}\nREGION=${ONRAMP_REGION:?accounts.sh says it}\nONRAMP_STACK=${ONRAMP_STACK:?accounts.sh says it}\n"), 1)
	script = bytes.ReplaceAll(script, []byte("--stack-name "+eachStack), []byte(`--stack-name "$ONRAMP_STACK"`))
	script = bytes.ReplaceAll(script, []byte("--expected-bucket-owner "+eachAccount), []byte(`--expected-bucket-owner "$ACCOUNT"`))
	script = bytes.ReplaceAll(script, []byte(`'`+eachRegion+`'" `+eachRegion+"\n"), []byte(`'$REGION'" "$REGION"`+"\n"))
	before, steps, _ := bytes.Cut(script, []byte("# The plan\n")) // what stands before says whence the script comes
	for _, mark := range []string{eachAccount, eachRegion, eachStack} {
		if bytes.Contains(steps, []byte(mark)) { // a step would look for something of that name
			return nil, fmt.Errorf("render stack set: a step says %s where each account has its own", mark)
		}
		before = bytes.ReplaceAll(before, []byte(mark), []byte("each"))
	}
	if bytes.Contains(steps, []byte(":"+t.plan.Target.Account+":")) {
		return nil, t.namesAccount()
	}
	return slices.Concat(before, []byte("# The plan\n"), steps), nil
}

// namesAccount says why a script still names the account of the plan.
func (t *template) namesAccount() error {
	for _, arn := range slices.Sorted(maps.Keys(t.roleIDs)) {
		if !speakable(arn) {
			return fmt.Errorf("%w: %s has a character that a variable of the script cannot hold, so it cannot be told each account's own; choose a path of letters, digits and slashes", errOneAccount, arn)
		}
	}
	return errOneAccount
}
