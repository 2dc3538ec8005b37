// Package practice is an AWS account for practice: an http.Handler, in memory, that speaks the
// protocols of AWS, so that aws-sdk-go-v2, the AWS CLI and Terraform talk to it unchanged. It has
// the calls that plans, look-ups, verify and undo make, and no more. It refuses what AWS refuses,
// with AWS's codes, and is slow where AWS is slow.
//
// It keeps nothing but memory: no file, no network, no credentials. It must not know plans, guides,
// the screens, or aws-sdk-go-v2. Signatures are not checked, bucket policies are kept and not
// enforced, and nothing that it holds costs anything.
//
// One file or a few hold each service; every operation is one short function and one line in the
// table of its service. Sources stand where the rules are: "API" is the service's API reference,
// "UG" its user guide; UNVERIFIED marks what no source settles.
package practice

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"onramp/internal/awsname"
	"onramp/internal/policy"
	"onramp/internal/practice/fault"
)

// Number is the account's number: never that of a real one.
const Number = "000000000000"

// Caller is the user whose credentials every caller is taken to have.
const Caller = "practice"

// Settings of an account. The zero value is a furnished account in us-east-1, without delays.
type Settings struct {
	Empty  bool             // start without resources
	Region string           // where the account is at home; every region of its partition is furnished
	Delays Delays           // zero: everything happens at once
	Policy *policy.Document // what the caller may do; nil: everything
	Faults *fault.Plan      // what goes wrong; nil: nothing
}

// Delays are how slow AWS is.
type Delays struct {
	Role      time.Duration // a new role is unknown to Redshift, KMS and S3
	RoleSync  time.Duration // a role is "adding" before it is "in-sync"
	Creation  time.Duration // a cluster is "creating", "resuming" or "deleting"
	Change    time.Duration // a cluster, namespace or workgroup is "modifying"
	Endpoint  time.Duration // a VPC endpoint is "pending"
	Statement time.Duration // a statement goes from SUBMITTED to FINISHED
	Training  time.Duration // a model trains
}

// Lifelike are AWS's delays scaled down for practice: long enough to be seen, short enough to be
// waited for.
func Lifelike() Delays {
	return Delays{
		Role: 6 * time.Second, RoleSync: 4 * time.Second, Creation: 15 * time.Second, Change: 4 * time.Second,
		Endpoint: 5 * time.Second, Statement: 400 * time.Millisecond, Training: 30 * time.Second,
	}
}

// Times makes every delay longer or shorter; 0 is none at all.
func (d Delays) Times(factor float64) Delays {
	scaled := func(t time.Duration) time.Duration { return time.Duration(float64(t) * factor) }
	return Delays{
		Role: scaled(d.Role), RoleSync: scaled(d.RoleSync), Creation: scaled(d.Creation), Change: scaled(d.Change),
		Endpoint: scaled(d.Endpoint), Statement: scaled(d.Statement), Training: scaled(d.Training),
	}
}

// Account is a practice account. Its methods may be called by several goroutines at once.
type Account struct {
	settings Settings

	mu    sync.Mutex
	world *world
	calls []Call
	ids   int // of requests
}

// New makes an account.
func New(s Settings) *Account {
	if s.Region == "" {
		s.Region = "us-east-1"
	}
	a := &Account{settings: s}
	a.Reset()
	return a
}

// Reset puts the account back to its start, and its log and faults too.
func (a *Account) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.world = newWorld(a.settings)
	a.calls = nil
	if a.settings.Faults != nil {
		a.settings.Faults.Reset()
	}
}

// Client is an HTTP client that reaches the account in the same process, whatever the host: the SDK
// needs no endpoint for it, and no port is opened.
func (a *Account) Client() *http.Client { return &http.Client{Transport: a} }

// world is everything that the account holds.
type world struct {
	region    string // where the account is at home
	partition string
	delays    Delays
	furnished bool
	ids       int // of resources

	alias        string                    // of the account; "" : none
	roles        map[string]*role          // by name in lower case: names have no case
	users        map[string]*principal     // the same
	peopleGroups map[string]*principal     // the same
	profiles     map[string]*profile       // the same
	policies     map[string]*managedPolicy // by ARN; the customer's own
	buckets      map[string]*bucket
	places       map[string]*place // by region
}

// place is what the account holds in one region.
type place struct {
	region  string
	changed bool // a call that changes something was served here
	network
	vault
	warehouse
}

func newWorld(s Settings) *world {
	w := &world{
		region: s.Region, partition: awsname.Partition(s.Region), delays: s.Delays, furnished: !s.Empty,
		roles: map[string]*role{}, users: map[string]*principal{}, peopleGroups: map[string]*principal{}, profiles: map[string]*profile{},
		policies: map[string]*managedPolicy{}, buckets: map[string]*bucket{}, places: map[string]*place{},
	}
	if w.furnished {
		furnish(w)
	}
	return w
}

// in gives what is in a region. It is furnished at its first use: most regions are never used.
func (w *world) in(region string) *place {
	p := w.places[region]
	if p == nil {
		p = w.pristine(region)
		w.places[region] = p
	}
	return p
}

// settle lets go of what has been deleted to its end.
func (p *place) settle(now time.Time) {
	maps.DeleteFunc(p.endpoints, func(_ string, e *endpoint) bool { return e.deleting && !now.Before(e.ends) })
	maps.DeleteFunc(p.clusters, func(_ string, k *cluster) bool { return k.status(now) == gone })
	for _, k := range p.clusters {
		k.roles = slices.DeleteFunc(k.roles, func(r attachedRole) bool { return r.leaving && !now.Before(r.ready) })
	}
}

// pristine is a region as nobody has used it yet.
func (w *world) pristine(region string) *place {
	p := &place{region: region, network: newNetwork(), vault: newVault(), warehouse: newWarehouse()}
	if w.furnished {
		furnishRegion(w, p)
	}
	return p
}
