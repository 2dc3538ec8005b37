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
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"onramp/internal/awsname"
	"onramp/internal/plan"
)

// Options say which account and region. The rest, such as AWS_* variables, profiles, SSO and
// AWS_ENDPOINT_URL, is as in every AWS tool.
type Options struct {
	Profile string // "" : as the environment says
	Region  string // "" : as the environment or the profile says
}

// Client makes calls.
type Client struct {
	cfg        aws.Config
	operations map[string]operation
	poll       time.Duration // first interval between looks at a statement
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
var ErrCredentials = errors.New("no usable AWS credentials")

// ErrRegion says that no region is configured.
var ErrRegion = errors.New("no region is configured")

// callTimeout bounds one attempt at a call and its retries: the SDK itself has no limit.
const callTimeout = 2 * time.Minute

// New reads the configuration. It makes no call.
func New(ctx context.Context, o Options) (*Client, error) {
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
	return &Client{cfg: cfg, operations: operations(cfg), poll: 250 * time.Millisecond}, nil
}

// Identity asks AWS who calls. Its errors wrap ErrCredentials where credentials are the cause.
func (c *Client) Identity(ctx context.Context, profile string) (Identity, error) {
	if c.cfg.Credentials == nil {
		return Identity{}, ErrCredentials
	}
	if _, err := c.cfg.Credentials.Retrieve(ctx); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrCredentials, err)
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
		return shape(out)
	}
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
		return nil, fmt.Errorf("call %s: %w", call.Name(), brief(err))
	}
	return answer, nil
}

// brief takes the SDK's wrapping off an error that AWS answered: the operation is named by Call.
func brief(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	out := &Error{Code: api.ErrorCode(), Message: api.ErrorMessage()}
	var withID interface{ ServiceRequestID() string }
	if errors.As(err, &withID) {
		out.RequestID = withID.ServiceRequestID()
	}
	return out
}

// Error is an error that AWS answered.
type Error struct {
	Code      string // such as NoSuchEntity
	Message   string
	RequestID string
}

// Error implements error.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Code
	}
	return e.Code + ": " + e.Message
}

// ErrorCode is AWS's code.
func (e *Error) ErrorCode() string { return e.Code }
