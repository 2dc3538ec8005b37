// Package awsapi is the only importer of aws-sdk-go-v2. It makes the calls of a plan by name and
// gives their answers back as plain data under the API's own member names, and it reads who the
// caller is.
//
// No type of the SDK leaves it. It must not know plans beyond a single call, nor what a call is for.
package awsapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
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
	// Logins are shared by the clients of a run; nil: the client has its own.
	Logins *Logins
}

// Client makes calls.
type Client struct {
	cfg        aws.Config
	operations map[string]operation
	poll       time.Duration // first interval between looks at a statement
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

// ErrCredentials says that there are no credentials, or that AWS refused them.
var ErrCredentials error = noUsable{}

// noUsable is the type of ErrCredentials: who may not import this package knows it by its method.
type noUsable struct{}

func (noUsable) Error() string { return "no usable AWS credentials" }

// NoCredentials says what the error is.
func (noUsable) NoCredentials() bool { return true }

// ErrRegion says that no region is configured.
var ErrRegion = errors.New("no region is configured")

// callTimeout bounds one attempt at a call and its retries: the SDK itself has no limit.
const callTimeout = 2 * time.Minute

// New reads the configuration. It makes no call.
func New(ctx context.Context, o Options) (*Client, error) {
	if o.Account != nil {
		return newClient(inProcess(o), o.Logins), nil
	}
	var opts []func(*config.LoadOptions) error
	if o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		opts = append(opts, config.WithRegion(o.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	var missing config.SharedConfigProfileNotExistError
	if errors.As(err, &missing) {
		return nil, fmt.Errorf("read AWS configuration: profile %q does not exist: %w", missing.Profile, ErrCredentials)
	}
	if err != nil {
		return nil, fmt.Errorf("read AWS configuration: %w", err)
	}
	return newClient(cfg, o.Logins), nil
}

func newClient(cfg aws.Config, logins *Logins) *Client {
	if logins == nil {
		logins = &Logins{}
	}
	cfg.Retryer = retryer
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], rememberAttempts)
	return &Client{cfg: cfg, operations: operations(cfg), poll: 250 * time.Millisecond, logins: logins}
}

// inProcess is the configuration for an account that is reached without a network. It has no
// sources, so that no endpoint, profile or certificate of the environment finds its way into it.
func inProcess(o Options) aws.Config {
	return aws.Config{
		Region: o.Region, HTTPClient: &http.Client{Transport: o.Account},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "practice", SecretAccessKey: "practice", Source: "practice"}, nil
		}),
	}
}

// Identity asks AWS who calls. Its errors wrap ErrCredentials where credentials are the cause.
func (c *Client) Identity(ctx context.Context, profile string) (Identity, error) {
	if c.cfg.Credentials == nil {
		return Identity{}, ErrCredentials
	}
	if _, err := c.cfg.Credentials.Retrieve(ctx); err != nil {
		return Identity{}, noCredentials(err)
	}
	if c.cfg.Region == "" {
		return Identity{}, ErrRegion
	}
	out, err := sts.NewFromConfig(c.cfg).GetCallerIdentity(ctx, nil)
	if err != nil {
		return Identity{}, identityError(err)
	}
	arn, err := awsname.ParseARN(aws.ToString(out.Arn))
	if err != nil {
		return Identity{}, fmt.Errorf("get caller identity: %w", err)
	}
	if profile == "" {
		profile = os.Getenv("AWS_PROFILE")
	}
	return Identity{
		Account: aws.ToString(out.Account), Partition: arn.Partition, Region: c.cfg.Region, Caller: aws.ToString(out.Arn), Profile: profile,
	}, nil
}

// noCredentials says why there are none. That nothing was found anywhere the SDK says by the last place where
// it has looked, which misleads whoever is not on an instance.
func noCredentials(err error) error {
	if strings.Contains(err.Error(), "no EC2 IMDS role found") {
		return fmt.Errorf("%w: none in the environment, in a profile or from an instance", ErrCredentials)
	}
	return fmt.Errorf("%w: %w", ErrCredentials, err)
}

// identityError tells refused credentials from an unreachable endpoint.
func identityError(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorFault() != smithy.FaultServer {
		return fmt.Errorf("%w: %s: %s", ErrCredentials, api.ErrorCode(), api.ErrorMessage())
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
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	answer, err := op(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", call.Name(), tired(err, c.explained(ctx, err)))
	}
	return answer, nil
}

// explained is what came of a call. Where AWS answered nothing, that may be for want of credentials, which
// the SDK says in many ways.
func (c *Client) explained(ctx context.Context, err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) && ctx.Err() == nil && c.cfg.Credentials != nil {
		if _, none := c.cfg.Credentials.Retrieve(ctx); none != nil {
			return noCredentials(none)
		}
	}
	return brief(err)
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
	if !errors.As(err, &api) {
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
