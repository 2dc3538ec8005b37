package policy

import (
	"errors"
	"testing"
)

func TestForms(t *testing.T) {
	type form struct {
		check func(string) error
		value string
	}
	operator := func(s string) error {
		if !knownOperator(s) {
			return errEmpty
		}
		return nil
	}
	tests := map[error][]form{
		nil: {
			{checkAction, "*"},
			{checkAction, "s3:GetObject"},
			{checkAction, "SageMaker:*Job?"},
			{checkAction, "redshift-serverless:GetWorkgroup"},

			{checkResource, "*"},
			{checkResource, late},
			{checkResource, "prefix/" + late},
			{checkResource, "arn:aws:iam::\uFDD0account\uFDD1:role/r"},
			{checkResource, "arn:aws:s3:::b/${aws:username}/*"},
			{checkResource, "arn:*:s3:::redshift-downloads"},
			{checkResource, "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/k"},
			{checkResource, "arn:aws-cn:iam::aws:policy/p"},
			{checkResource, "arn:aws:iam::*:role/*"},
			{checkResource, "arn:aws:redshift:*:111122223333:dbuser:c/u"},
			{checkResource, "arn:aws:bedrock:us-east-?::foundation-model/*"},

			{checkService, "redshift.amazonaws.com"},
			{checkService, "redshift.us-east-1.amazonaws.com"},
			{checkService, "ec2.amazonaws.com.cn"},

			{checkAWSPrincipal, "*"},
			{checkAWSPrincipal, "111122223333"},
			{checkAWSPrincipal, "arn:aws:iam::111122223333:root"},
			{checkAWSPrincipal, "arn:aws-cn:sts::111122223333:assumed-role/r/s"},
			{checkAWSPrincipal, "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
			{checkAWSPrincipal, "AROAIOSFODNN7EXAMPLE"},
			{checkAWSPrincipal, late},

			{checkFederated, "accounts.google.com"},
			{checkFederated, late},
			{operator, "StringEquals"},
			{operator, "stringnotequalsignorecaseifexists"},
			{operator, "ForAllValues:StringLike"},
			{operator, "ForAnyValue:StringNotLikeIfExists"},
			{operator, "NumericLessThanEquals"},
			{operator, "NumericNotEquals"},
			{operator, "DateGreaterThan"},
			{operator, "ArnNotLike"},
			{operator, "Bool"},
			{operator, "BinaryEquals"},
			{operator, "NotIpAddress"},
			{operator, "Null"},
		},
		errAction: {
			{checkAction, ""},
			{checkAction, "GetObject"},
			{checkAction, ":GetObject"},
			{checkAction, "s3:"},
			{checkAction, "*:*"},
			{checkAction, "s3:Get:Object"},
			{checkAction, "s3:Get Object"},
			{checkAction, "s3:GetObject\n"},
		},
		errResource: {
			{checkResource, ""},
			{checkResource, "b"},
			{checkResource, "s3:::b:c:d:e"},
			{checkResource, "ARN:aws:s3:::b"},
			{checkResource, "arn:aws:s3::b"},
			{checkResource, "arn:aws:s3:::"},
			{checkResource, "**"},
		},
		errPartition: {{checkResource, "arn:amazon:s3:::b"}, {checkResource, "arn::s3:::b"}},
		errVendor:    {{checkResource, "arn:aws:*:::b"}, {checkResource, "arn:aws::::b"}, {checkResource, "arn:aws:S3:::b"}},
		errRegion:    {{checkResource, "arn:aws:kms:US EAST:111122223333:key/k"}},
		errAccount: {
			{checkResource, "arn:aws:iam::11112222333:role/r"},
			{checkResource, "arn:aws:iam::1111222233334:role/r"},
			{checkResource, "arn:aws:iam::AWS:role/r"},
			{checkResource, "arn:aws:iam::1111*:role/r"},
		},
		errEmpty: {
			{checkService, ""},
			{checkAWSPrincipal, ""},
			{checkFederated, ""},
			{operator, ""},
			{operator, "IfExists"},
			{operator, "NullIfExists"},
			{operator, "ForSomeValues:StringEquals"},
			{operator, "StringLessThan"},
			{operator, "NumericLike"},
			{operator, "NotBool"},
			{operator, "StringLikeIgnoreCase"},
			{operator, "StringEquals "},
		},
		errService: {
			{checkService, "*"},
			{checkService, "redshift"},
			{checkService, "amazonaws.com"},
			{checkService, ".amazonaws.com"},
			{checkService, "redshift.amazonaws.com.evil.org"},
			{checkService, "redshift.amazonawsXcom"},
			{checkService, "https://redshift.amazonaws.com"},
			{checkService, "redshift.amazonaws.com.cn.cn"},
		},
		errPrincipal: {
			{checkAWSPrincipal, "11112222333"},
			{checkAWSPrincipal, "analyst"},
			{checkAWSPrincipal, "arn:aws:iam::111122223333:role/*"},
			{checkAWSPrincipal, "arn:aws:iam::111122223333:user/a?"},
			{checkAWSPrincipal, "arn:aws:s3:::b"},
			{checkAWSPrincipal, "arn:aws:ec2::111122223333:instance/i"},
		},
	}
	for want, forms := range tests {
		for _, f := range forms {
			if got := f.check(f.value); !errors.Is(got, want) {
				t.Errorf("%q: got %v, want %v", f.value, got, want)
			}
		}
	}
}
