package awsapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// ErrCredentials says that there are no credentials, or that AWS refused them.
var ErrCredentials error = &CredentialsError{cause: "none found"}

// CredentialsError says why there are no credentials, and what to do about it. Its text holds no secret, no path of
// a cache and nothing that a process has printed.
type CredentialsError struct {
	cause, hint string
	err         error
	sent        bool // a call may have taken effect before
}

// Error implements error.
func (e *CredentialsError) Error() string { return "no usable AWS credentials: " + e.cause }

// Unwrap gives the cause.
func (e *CredentialsError) Unwrap() error { return e.err }

// Is says that every such error is ErrCredentials.
func (e *CredentialsError) Is(target error) bool { return target == ErrCredentials }

// NoCredentials says what the error is to packages that must not know this one.
func (e *CredentialsError) NoCredentials() bool { return true }

// ErrorHint says what to do; "" : that depends on the command.
func (e *CredentialsError) ErrorHint() string { return e.hint }

// ErrorCode stands for the code of AWS: nothing was sent.
func (e *CredentialsError) ErrorCode() string { return "NoCredentials" }

// Lost says whether the call may have taken effect.
func (e *CredentialsError) Lost() bool { return e.sent }

// chain is where the credentials of a client come from, as the SDK has decided it.
type chain struct {
	options Options
	cfg     aws.Config
	profile config.SharedConfig // the one in use
	root    config.SharedConfig // at the end of its source_profile
	sources []aws.CredentialSource
}

// load reads the configuration. The SDK decides which credentials are used; the provider that it has built is
// replaced only where it would run a process on the terminal.
func load(ctx context.Context, o Options) (*chain, error) {
	c := &chain{options: o}
	opts := []func(*config.LoadOptions) error{
		config.WithLogger(sdkLogger(o.log)), config.WithAPIOptions([]func(*middleware.Stack) error{observe(o.log, http.ProxyFromEnvironment)}),
		config.WithAssumeRoleCredentialOptions(c.assuming), config.WithCredentialsCacheOptions(early),
	}
	if o.Profile != "" {
		opts = append(opts, config.WithSharedConfigProfile(o.Profile))
	}
	if o.Region != "" {
		opts = append(opts, config.WithRegion(o.Region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, opts...)
	if err != nil {
		return nil, configError(err, cmp.Or(o.Profile, os.Getenv("AWS_PROFILE")))
	}
	c.cfg = cfg
	for _, source := range cfg.ConfigSources {
		if shared, is := source.(config.SharedConfig); is {
			c.profile = shared
		}
	}
	for c.root = c.profile; c.root.Source != nil; c.root = *c.root.Source {
	}
	if known, is := cfg.Credentials.(aws.CredentialProviderSource); is {
		c.sources = known.ProviderSources()
	}
	inner := cfg.Credentials
	if c.from(aws.CredentialSourceProcess) {
		inner = aws.NewCredentialsCache(c.processChain(), early)
	}
	c.cfg.Credentials = aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		ctx, limit, end := withLimit(ctx)
		defer end()
		got, err := inner.Retrieve(ctx)
		if err != nil {
			err = c.explain(cmp.Or(limit.slow(ctx, c.cfg.Region), err))
		}
		return got, err
	}))
	return c, nil
}

// configError says what is wrong with the configuration.
func configError(err error, wanted string) error {
	var missing config.SharedConfigProfileNotExistError
	if errors.As(err, &missing) {
		cause := fmt.Sprintf("the profile %q does not exist", missing.Profile)
		if wanted != "" && wanted != missing.Profile {
			cause = fmt.Sprintf("profile %q has the source_profile %q, which does not exist", wanted, missing.Profile)
		}
		return &CredentialsError{
			cause: cause, err: err,
			hint: "list the profiles with: aws configure list-profiles",
		}
	}
	var role config.SharedConfigAssumeRoleError
	if errors.As(err, &role) {
		return &CredentialsError{
			cause: fmt.Sprintf("the profile %q assumes a role, and its source_profile does not exist or has no credentials", role.Profile), err: err,
			hint: "correct source_profile in the AWS configuration file, or choose another profile",
		}
	}
	return fmt.Errorf("read AWS configuration: %w", err)
}

func (c *chain) from(any ...aws.CredentialSource) bool {
	return slices.ContainsFunc(any, func(s aws.CredentialSource) bool { return slices.Contains(c.sources, s) })
}

// explain says why there are no credentials.
func (c *chain) explain(err error) error {
	var own *CredentialsError
	var no *Unreachable
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, context.Canceled): // the operator has interrupted the run
		return err
	}
	op, api := innermost(err)
	instance := c.from(aws.CredentialSourceIMDS)
	switch {
	case instance && c.profile.RoleARN == "": // no instance is the usual case, and no fault of the network
		return &CredentialsError{cause: "none in the environment, in a profile or from an instance", err: err}
	case errors.As(err, &no):
		return inRegion(err, c.cfg.Region)
	case c.cfg.Region == "" && c.from(aws.CredentialSourceSTSAssumeRole):
		return ErrRegion
	case api != nil && op == sts.ServiceID:
		return c.because(err, "assume role: "+text(api))
	case c.from(aws.CredentialSourceSSO, aws.CredentialSourceSSOLegacy) && ended(err, api):
		return c.signInAgain(err, "SSO session", "aws", "sso", "login", "--profile", c.rootName())
	case c.from(aws.CredentialSourceLogin) && ended(err, api):
		return c.signInAgain(err, "login session", "aws", "login", "--profile", c.rootName())
	case api != nil:
		return c.because(err, text(api))
	case instance:
		return c.because(err, "the instance metadata service has no credentials")
	}
	return c.because(err, strings.ReplaceAll(err.Error(), "failed to refresh cached credentials, ", ""))
}

// because is an error of the profile in use.
func (c *chain) because(err error, cause string) error {
	if !c.from(aws.CredentialSourceEnvVars, aws.CredentialSourceEnvVarsSTSWebIDToken) {
		cause = fmt.Sprintf("profile %q: %s", c.name(), cause)
	}
	return &CredentialsError{cause: cut(cause), err: err}
}

// name is how people know the profile in use; rootName is the one that signs in, where another takes its credentials
// as a source.
func (c *chain) name() string     { return cmp.Or(c.profile.Profile, "default") }
func (c *chain) rootName() string { return cmp.Or(c.root.Profile, "default") }

// innermost is the call that failed, and what AWS answered: a role that is assumed with the credentials of another
// source fails because that one has.
func innermost(err error) (service string, api smithy.APIError) {
	var op *smithy.OperationError
	for rest := err; errors.As(rest, &op); rest = op.Err {
		service = op.Service()
	}
	errors.As(err, &api)
	return service, api
}

func text(api smithy.APIError) string { return api.ErrorCode() + ": " + api.ErrorMessage() }

// ended says that a session has ended, or was never begun, which only the operator can change.
func ended(err error, api smithy.APIError) bool {
	if api == nil {
		return !strings.Contains(err.Error(), "insufficient permissions") // for the refresh of a login session
	}
	return slices.Contains([]string{
		"UnauthorizedException", "InvalidGrantException", "ExpiredTokenException", "InvalidClientException", "UnauthorizedClientException",
		"InvalidRequestException",
	}, api.ErrorCode())
}

// signInAgain is for a session that only a browser can renew.
func (c *chain) signInAgain(err error, what string, command ...string) error {
	return &CredentialsError{
		cause: fmt.Sprintf("the %s of profile %q does not exist or has expired", what, c.rootName()), err: err,
		hint: "sign in: " + c.options.line(command),
	}
}

// cut bounds a text that a server has written.
func cut(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.TrimSpace(s)
}

// TokenRequest asks for a code of an MFA device.
type TokenRequest struct {
	Device  string // ARN, or the serial number of a hardware device
	Profile string
	Reason  string // "" : the first time; else why AWS refused the code before
}

// assuming has every role of the chain assumed by roleClient.
func (c *chain) assuming(o *stscreds.AssumeRoleOptions) {
	if o.SerialNumber != nil {
		o.TokenProvider = func() (string, error) { return "", nil } // roleClient fills it in
	}
	o.Client = roleClient{o.Client, c}
}

// roleClient assumes a role, with a code of an MFA device where the profile names one: the SDK's own way to ask knows no
// context, and a wrong code ends it.
type roleClient struct {
	stscreds.AssumeRoleAPIClient
	chain *chain
}

// AssumeRole asks until AWS takes the code, or the operator gives up.
func (r roleClient) AssumeRole(ctx context.Context, in *sts.AssumeRoleInput, opts ...func(*sts.Options)) (*sts.AssumeRoleOutput, error) {
	c := r.chain
	if c.cfg.Region == "" {
		return nil, ErrRegion
	}
	opts = append(opts, func(o *sts.Options) { // the SDK reads AWS_ENDPOINT_URL after it has made this client
		o.BaseEndpoint = cmp.Or(o.BaseEndpoint, c.cfg.BaseEndpoint)
	})
	if in.SerialNumber == nil {
		return r.AssumeRoleAPIClient.AssumeRole(ctx, in, opts...)
	}
	ask := TokenRequest{Device: aws.ToString(in.SerialNumber), Profile: c.name()}
	for {
		var code string
		var err error
		limitOf(ctx).pause(func() { code, err = c.options.token(ctx, ask) })
		if err != nil {
			return nil, c.noCode(ask, err)
		}
		in.TokenCode = aws.String(code)
		out, err := r.AssumeRoleAPIClient.AssumeRole(ctx, in, opts...)
		var api smithy.APIError
		if err == nil || !errors.As(err, &api) || !strings.Contains(api.ErrorMessage(), "MultiFactorAuthentication failed") {
			return out, err
		}
		ask.Reason = strings.ReplaceAll(cut(api.ErrorMessage()), code, "******")
	}
}

// noCode says that a code was needed and not given.
func (c *chain) noCode(ask TokenRequest, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	var hinted interface{ ErrorHint() string }
	out := &CredentialsError{cause: fmt.Sprintf("profile %q needs a code of the MFA device %s: %v", ask.Profile, ask.Device, err), err: err}
	if errors.As(err, &hinted) {
		out.hint = hinted.ErrorHint()
	}
	return out
}

// early renews credentials a little before they expire, so that none does between a look and a call.
func early(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = 30 * time.Second }

// region is that of the configuration, without the one of the options.
func (c *chain) region() string {
	for _, source := range c.cfg.ConfigSources {
		if env, is := source.(config.EnvConfig); is && env.Region != "" {
			return env.Region
		}
	}
	return c.profile.Region
}
