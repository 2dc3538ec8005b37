package awsapi

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// Limits of the SDK's own repetitions. Throttling is waited out longer than the SDK does by default,
// since a plan makes many calls in a short time.
const (
	mostAttempts = 8
	mostBackoff  = 8 * time.Second
)

func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = mostAttempts, mostBackoff
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(full), retry.IsErrorRetryableFunc(truncated)}, o.Retryables...)
	})
}

// few is for who calls: the operator waits for it.
func few() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 3, time.Second })
}

// full knows what the SDK takes for throttling and is not: a quota that is used up. It does not pass by
// itself (IAM API Reference, LimitExceeded; AWS KMS API Reference, LimitExceededException).
func full(err error) aws.Ternary {
	var api smithy.APIError
	if errors.As(err, &api) && (api.ErrorCode() == "LimitExceededException" || api.ErrorCode() == "LimitExceeded") {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// truncated knows an answer that ends in the middle: the SDK repeats a call whose connection broke before the answer
// began, and not this one. Reading the body fails while it is decoded, or, where the API ignores the body, while it is
// discarded.
func truncated(err error) aws.Ternary {
	var xmlEnd *xml.SyntaxError // encoding/xml gives its own error
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &xmlEnd) && xmlEnd.Msg == "unexpected EOF" {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// onlyRefused is for calls that make another thing with each repetition, because the API knows neither a name
// nor a token for it: they are repeated only where AWS refused them before they did anything. Whether an
// answer was lost is for the caller to find out.
func onlyRefused() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff = mostAttempts, mostBackoff
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(full),
			retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
			retry.IsErrorRetryableFunc(func(error) aws.Ternary { return aws.FalseTernary }),
		}
	})
}

// rememberAttempts marks the error of a call of which an earlier attempt may have taken effect: the SDK gives the error of
// the last attempt only.
func rememberAttempts(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("RememberAttempts",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleFinalize(ctx, in)
			results, _ := retry.GetAttemptResults(metadata)
			if n := len(results.Results); err != nil && n > 1 && slices.ContainsFunc(results.Results[:n-1], uncertain) {
				err = &repeatedError{err}
			}
			return out, metadata, err
		}), "Retry", middleware.Before)
}

// uncertain says that nobody knows what an attempt has done: no answer came, or the server failed.
func uncertain(a retry.AttemptResult) bool {
	var failed *Error
	return !errors.As(brief(a.Err), &failed) || failed.Lost()
}

type repeatedError struct{ error }

func (e *repeatedError) Unwrap() error { return e.error }
