// Package awsapi is the only importer of aws-sdk-go-v2. It makes the calls of a plan by name and
// gives their answers back as plain data under the API's own member names, and it reads who the
// caller is.
//
// No type of the SDK leaves it. It must not know plans beyond a single call, nor what a call is for.
package awsapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"onramp/internal/awsname"
	"onramp/internal/plan"
)

// Options say which account and region. The rest, such as AWS_* variables, profiles, SSO and
// AWS_ENDPOINT_URL, is as in every AWS tool.
type Options struct {
	Profile string // "" : as the environment says
	Region  string // "" : as the environment or the profile says
	// Account serves every call in the place of AWS; nil: AWS does. No configuration is read then,
	// no credentials are looked for, and nothing leaves the process.
	Account http.RoundTripper

	// Token gives a code of an MFA device. It is called once for all that wait for the same credentials. nil: there
	// is no way to ask.
	Token func(ctx context.Context, ask TokenRequest) (string, error)
	// Log takes a line for each attempt at a call, from several goroutines; nil: nothing is logged.
	Log func(Entry)
	// LogName is the file that Log writes to, for messages; "" : none.
	LogName string
	// Line writes a command as the operator can type it; nil: its words with blanks between them.
	Line func(words []string) string
	// Processes are where credential processes are ended together; nil: nowhere.
	Processes *Processes
	// Logins are shared by the clients of a run; nil: the client has its own.
	Logins *Logins
}

func (o Options) log(e Entry) {
	if o.Log != nil {
		o.Log(e)
	}
}

func (o Options) token(ctx context.Context, ask TokenRequest) (string, error) {
	if o.Token == nil {
		return "", errors.New("there is no way to ask for it")
	}
	return o.Token(ctx, ask)
}

func (o Options) line(words []string) string {
	if o.Line == nil {
		return strings.Join(words, " ")
	}
	return o.Line(words)
}

// Client makes calls.
type Client struct {
	cfg        aws.Config
	operations map[string]operation
	poll       time.Duration // first interval between looks at a statement
	profile    string
	configured string // region of the configuration, whatever the options say
	logins     *Logins
}

// Identity is who calls.
type Identity struct {
	Account   string
	Partition string
	Region    string // "" : none is configured
	Caller    string // ARN
	Profile   string
}

// ErrRegion says that no region is configured.
var ErrRegion = errors.New("no region is configured")

// callTimeout bounds one attempt at a call and its retries: the SDK itself has no limit.
const callTimeout = 2 * time.Minute

// New reads the configuration. It makes no call.
func New(ctx context.Context, o Options) (*Client, error) {
	if o.Account != nil {
		return newClient(watched(inProcess(o)), o.Logins), nil
	}
	chain, err := load(ctx, o)
	if err != nil {
		return nil, err
	}
	c := newClient(watched(chain.cfg), o.Logins)
	c.profile, c.configured = chain.profile.Profile, chain.region()
	return c, nil
}

// watched is a configuration whose clients remember what became of earlier attempts at a call.
func watched(cfg aws.Config) aws.Config {
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], rememberAttempts)
	return cfg
}

func newClient(cfg aws.Config, logins *Logins) *Client {
	if logins == nil {
		logins = &Logins{}
	}
	cfg.Retryer = retryer
	return &Client{cfg: cfg, operations: operations(cfg), poll: 250 * time.Millisecond, configured: cfg.Region, logins: logins}
}

// In is the same client in another region, with the same credentials. "" : the region of the configuration.
func (c *Client) In(region string) *Client {
	region = cmp.Or(region, c.configured)
	if region == c.cfg.Region {
		return c
	}
	cfg := c.cfg
	cfg.Region = region
	other := newClient(cfg, c.logins)
	other.profile, other.configured = c.profile, c.configured
	return other
}

// Region is where the client calls; "" : no region is configured.
func (c *Client) Region() string { return c.cfg.Region }

// inProcess is the configuration for an account that is reached without a network. It has no
// sources, so that no endpoint, profile or certificate of the environment finds its way into it.
func inProcess(o Options) aws.Config {
	return aws.Config{
		Region: o.Region, HTTPClient: &http.Client{Transport: o.Account}, APIOptions: []func(*middleware.Stack) error{observe(o.log, nil)},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "practice", SecretAccessKey: "practice", Source: "practice"}, nil
		}),
	}
}

// Identity asks AWS who calls. Its errors are ErrCredentials where credentials are the cause, and *Unreachable where
// there is no answer: within seconds, and not after many attempts.
func (c *Client) Identity(ctx context.Context, profile string) (Identity, error) {
	if c.cfg.Credentials == nil {
		return Identity{}, ErrCredentials
	}
	if _, err := c.cfg.Credentials.Retrieve(ctx); err != nil {
		return Identity{}, c.withoutCredentials(ctx, err, false)
	}
	if c.cfg.Region == "" {
		return Identity{}, ErrRegion
	}
	limited, limit, end := withLimit(ctx)
	defer end()
	out, err := sts.NewFromConfig(c.cfg, func(o *sts.Options) { o.Retryer = few() }).GetCallerIdentity(limited, nil)
	if err != nil {
		return Identity{}, identityError(cmp.Or(ctx.Err(), limit.slow(limited, c.cfg.Region), inRegion(err, c.cfg.Region)))
	}
	arn, err := awsname.ParseARN(aws.ToString(out.Arn))
	if err != nil {
		return Identity{}, fmt.Errorf("get caller identity: %w", err)
	}
	if profile == "" {
		profile = cmp.Or(os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"))
	}
	return Identity{
		Account: aws.ToString(out.Account), Partition: arn.Partition, Region: c.cfg.Region, Caller: aws.ToString(out.Arn), Profile: profile,
	}, nil
}

// withoutCredentials is the error for credentials that could not be had.
func (c *Client) withoutCredentials(ctx context.Context, err error, sent bool) error {
	var none *CredentialsError
	var no *Unreachable
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &none):
		again := *none
		again.sent = sent
		return &again
	case errors.As(err, &no):
		return fmt.Errorf("get credentials: %w", no)
	case errors.Is(err, ErrRegion):
		return ErrRegion
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return &CredentialsError{cause: cut(err.Error()), err: err, sent: sent}
}

// identityError tells refused credentials from an unreachable endpoint.
func identityError(err error) error {
	var no *Unreachable
	if errors.As(err, &no) {
		return fmt.Errorf("get caller identity: %w", no)
	}
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorFault() != smithy.FaultServer {
		return &CredentialsError{cause: cut(text(api)), err: err}
	}
	return fmt.Errorf("get caller identity: %w", err)
}

// operation makes one kind of call: JSON of its input in, decoded JSON of its answer out.
type operation func(ctx context.Context, input []byte) (any, error)

// named makes an SDK method callable with data. The input decodes strictly: a member that the API
// does not have is an error and never lost.
func named[I, O, F any](method func(context.Context, *I, ...F) (*O, error), shape func(*O) (any, error)) operation {
	return func(ctx context.Context, data []byte) (any, error) {
		input := new(I)
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.DisallowUnknownFields()
		if err := dec.Decode(input); err != nil {
			return nil, fmt.Errorf("decode input: %w", err)
		}
		out, err := method(ctx, input)
		if err != nil {
			return nil, err
		}
		answer, err := shape(out)
		if members, is := answer.(map[string]any); is {
			members[plan.RequestID] = requestID(out)
		}
		return answer, err
	}
}

// requestID reads the metadata that every output of the SDK carries.
func requestID(out any) string {
	field := reflect.ValueOf(out).Elem().FieldByName("ResultMetadata")
	if !field.IsValid() {
		return ""
	}
	metadata, _ := field.Interface().(middleware.Metadata)
	id, _ := awsmiddleware.GetRequestIDMetadata(metadata)
	return id
}

// Call makes a call whose references are all filled in. A statement sent to redshift-data is run to
// its end, and its rows are the answer. Errors of AWS keep their code: see errors.As with an
// interface that has ErrorCode.
func (c *Client) Call(ctx context.Context, call plan.Call) (any, error) {
	op, ok := c.operations[call.Name()]
	if !ok {
		return nil, fmt.Errorf("call %s: not an operation of onramp", call.Name())
	}
	input, err := json.Marshal(call.Input)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", call.Name(), err)
	}
	if call.Name() == executeStatement {
		return c.statement(ctx, op, input)
	}
	if err := c.ready(ctx); err != nil {
		return nil, fmt.Errorf("call %s: %w", call.Name(), err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	answer, err := op(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", call.Name(), tired(err, c.explained(ctx, err)))
	}
	return answer, nil
}

// ready gets credentials before a call and its time limit begin: a human may be asked for a code.
func (c *Client) ready(ctx context.Context) error {
	if c.cfg.Credentials == nil {
		return ErrCredentials
	}
	if _, err := c.cfg.Credentials.Retrieve(ctx); err != nil {
		return c.withoutCredentials(ctx, err, false)
	}
	return nil
}

// explained is what came of a call. Where AWS answered nothing, that may be for want of credentials, which
// the SDK says in many ways.
func (c *Client) explained(ctx context.Context, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) && ctx.Err() == nil && c.cfg.Credentials != nil {
		if _, none := c.cfg.Credentials.Retrieve(ctx); none != nil {
			return c.withoutCredentials(ctx, none, true)
		}
	}
	return brief(inRegion(err, c.cfg.Region))
}

// tired marks an error after which the SDK has repeated the call as often as it may.
func tired(sdk, err error) error {
	var most *retry.MaxAttemptsError
	if errors.As(sdk, &most) {
		return &exhausted{err}
	}
	return err
}

type exhausted struct{ error }

func (e *exhausted) Unwrap() error { return e.error }

// Exhausted says that the call was repeated already, and that there is no use in doing it again at once.
func (e *exhausted) Exhausted() bool { return true }

// brief takes the SDK's wrapping off an error that AWS answered: the operation is named by Call.
func brief(err error) error {
	var api smithy.APIError
	var no *Unreachable
	switch {
	case errors.As(err, &api):
	case errors.As(err, &no):
		return no
	default:
		return err
	}
	out := &Error{Code: api.ErrorCode(), Message: api.ErrorMessage()}
	var response interface {
		ServiceRequestID() string
		HTTPStatusCode() int
	}
	if errors.As(err, &response) {
		out.RequestID = response.ServiceRequestID()
		out.broken = response.HTTPStatusCode() >= http.StatusInternalServerError && !throttled(out.Code)
	}
	var earlier *repeatedError
	out.repeated = errors.As(err, &earlier)
	return out
}

// throttled are codes of requests that were refused before they did anything (AWS SDKs and Tools
// Reference Guide, Retry behavior; S3 answers SlowDown with 503).
func throttled(code string) bool {
	_, is := retry.DefaultThrottleErrorCodes[code]
	return is || code == "SlowDown"
}

// Error is an error that AWS answered.
type Error struct {
	Code      string // such as NoSuchEntity
	Message   string
	RequestID string
	broken    bool // the server failed: nobody knows what it did before
	repeated  bool // the same holds for an attempt before this answer

	unconnected bool // a statement that never reached its database
}

// Lost says that the call may have taken effect all the same.
func (e *Error) Lost() bool { return e.broken }

// Repeated says that an earlier attempt of the same call may have taken effect.
func (e *Error) Repeated() bool { return e.repeated }

// RequestIdentifier is AWS's name for the request.
func (e *Error) RequestIdentifier() string { return e.RequestID }

// Error implements error.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return e.Code + ": " + e.Message
}

// ErrorCode is AWS's code.
func (e *Error) ErrorCode() string { return e.Code }

// Is says that AWS refused the credentials, which may have been good before.
func (e *Error) Is(target error) bool {
	return target == ErrCredentials && slices.Contains(refused, e.Code)
}

// refused are AWS's codes for credentials that are not valid or are no longer (common errors of the query APIs,
// Amazon S3 API Reference).
var refused = []string{
	"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "InvalidToken",
}
