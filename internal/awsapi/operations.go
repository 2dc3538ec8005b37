package awsapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/redshift"
	"github.com/aws/aws-sdk-go-v2/service/redshiftdata"
	"github.com/aws/aws-sdk-go-v2/service/redshiftserverless"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// operations is the table of every call that a plan or a pick list can make. A call that is not in it
// fails before anything is sent, and a test holds the table against every kind of resource and every list.
func operations(cfg aws.Config) map[string]operation {
	i, k, e := iam.NewFromConfig(cfg), kms.NewFromConfig(cfg), ec2.NewFromConfig(cfg)
	once := cfg
	once.Retryer = onlyRefused
	io, ko, eo := iam.NewFromConfig(once), kms.NewFromConfig(once), ec2.NewFromConfig(once)
	r, rs := redshift.NewFromConfig(cfg), redshiftserverless.NewFromConfig(cfg)
	b := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = customEndpoint() })
	table := map[string]operation{
		"iam:GetRole":                    named(i.GetRole, iamAnswer),
		"iam:CreateRole":                 named(i.CreateRole, iamAnswer),
		"iam:UpdateAssumeRolePolicy":     named(i.UpdateAssumeRolePolicy, plain),
		"iam:PutRolePermissionsBoundary": named(i.PutRolePermissionsBoundary, plain),
		"iam:ListAttachedRolePolicies":   named(i.ListAttachedRolePolicies, plain),
		"iam:AttachRolePolicy":           named(i.AttachRolePolicy, plain),
		"iam:GetRolePolicy":              named(i.GetRolePolicy, iamAnswer),
		"iam:PutRolePolicy":              named(i.PutRolePolicy, plain),

		"iam:GetUser":           named(i.GetUser, plain),
		"iam:GetUserPolicy":     named(i.GetUserPolicy, iamAnswer),
		"iam:PutUserPolicy":     named(i.PutUserPolicy, plain),
		"iam:DeleteUserPolicy":  named(i.DeleteUserPolicy, plain),
		"iam:GetGroup":          named(i.GetGroup, plain),
		"iam:GetGroupPolicy":    named(i.GetGroupPolicy, iamAnswer),
		"iam:PutGroupPolicy":    named(i.PutGroupPolicy, plain),
		"iam:DeleteGroupPolicy": named(i.DeleteGroupPolicy, plain),

		"iam:GetPolicy":               named(i.GetPolicy, plain),
		"iam:GetPolicyVersion":        named(i.GetPolicyVersion, iamAnswer),
		"iam:CreatePolicy":            named(i.CreatePolicy, plain),
		"iam:CreatePolicyVersion":     named(io.CreatePolicyVersion, plain), // each makes another version
		"iam:SetDefaultPolicyVersion": named(i.SetDefaultPolicyVersion, plain),
		"iam:DeletePolicyVersion":     named(i.DeletePolicyVersion, plain),
		"iam:DeletePolicy":            named(i.DeletePolicy, plain),

		"iam:GetInstanceProfile":            named(i.GetInstanceProfile, iamAnswer),
		"iam:CreateInstanceProfile":         named(i.CreateInstanceProfile, plain),
		"iam:AddRoleToInstanceProfile":      named(i.AddRoleToInstanceProfile, plain),
		"iam:RemoveRoleFromInstanceProfile": named(i.RemoveRoleFromInstanceProfile, plain),
		"iam:DeleteInstanceProfile":         named(i.DeleteInstanceProfile, plain),

		"iam:DeleteRole":                    named(i.DeleteRole, plain),
		"iam:DeleteRolePermissionsBoundary": named(i.DeleteRolePermissionsBoundary, plain),
		"iam:DetachRolePolicy":              named(i.DetachRolePolicy, plain),
		"iam:DeleteRolePolicy":              named(i.DeleteRolePolicy, plain),

		"s3:HeadBucket":                      named(b.HeadBucket, plain),
		"s3:CreateBucket":                    named(b.CreateBucket, plain),
		"s3:GetBucketTagging":                named(b.GetBucketTagging, plain),
		"s3:PutBucketTagging":                named(b.PutBucketTagging, plain),
		"s3:GetPublicAccessBlock":            named(b.GetPublicAccessBlock, plain),
		"s3:PutPublicAccessBlock":            named(b.PutPublicAccessBlock, plain),
		"s3:GetBucketEncryption":             named(b.GetBucketEncryption, plain),
		"s3:PutBucketEncryption":             named(b.PutBucketEncryption, plain),
		"s3:GetBucketPolicy":                 named(b.GetBucketPolicy, plain),
		"s3:PutBucketPolicy":                 named(b.PutBucketPolicy, plain),
		"s3:GetBucketLifecycleConfiguration": named(b.GetBucketLifecycleConfiguration, plain),
		"s3:PutBucketLifecycleConfiguration": named(b.PutBucketLifecycleConfiguration, plain),
		"s3:DeleteBucket":                    named(b.DeleteBucket, plain),
		"s3:DeleteBucketTagging":             named(b.DeleteBucketTagging, plain),
		"s3:DeletePublicAccessBlock":         named(b.DeletePublicAccessBlock, plain),
		"s3:DeleteBucketEncryption":          named(b.DeleteBucketEncryption, plain),
		"s3:DeleteBucketPolicy":              named(b.DeleteBucketPolicy, plain),
		"s3:DeleteBucketLifecycle":           named(b.DeleteBucketLifecycle, plain),

		"kms:DescribeKey":          named(k.DescribeKey, plain),
		"kms:GetKeyPolicy":         named(k.GetKeyPolicy, plain),
		"kms:CreateKey":            named(ko.CreateKey, plain),
		"kms:CreateAlias":          named(k.CreateAlias, plain),
		"kms:GetKeyRotationStatus": named(k.GetKeyRotationStatus, plain),
		"kms:EnableKeyRotation":    named(k.EnableKeyRotation, plain),
		"kms:ListKeys":             named(everyKey(k), plain),
		"kms:ListResourceTags":     named(k.ListResourceTags, plain),
		"kms:DeleteAlias":          named(k.DeleteAlias, plain),
		"kms:DisableKeyRotation":   named(k.DisableKeyRotation, plain),
		"kms:ScheduleKeyDeletion":  named(k.ScheduleKeyDeletion, plain),

		"ec2:DescribeVpcs":                  named(e.DescribeVpcs, plain),
		"ec2:DescribeVpcAttribute":          named(e.DescribeVpcAttribute, plain),
		"ec2:ModifyVpcAttribute":            named(e.ModifyVpcAttribute, plain),
		"ec2:DescribeSubnets":               named(e.DescribeSubnets, plain),
		"ec2:DescribeRouteTables":           named(e.DescribeRouteTables, plain),
		"ec2:DescribeNetworkAcls":           named(e.DescribeNetworkAcls, plain),
		"ec2:DescribeSecurityGroups":        named(e.DescribeSecurityGroups, plain),
		"ec2:CreateSecurityGroup":           named(e.CreateSecurityGroup, plain),
		"ec2:AuthorizeSecurityGroupIngress": named(e.AuthorizeSecurityGroupIngress, plain),
		"ec2:DescribeVpcEndpoints":          named(e.DescribeVpcEndpoints, plain),
		"ec2:CreateVpcEndpoint":             named(eo.CreateVpcEndpoint, plain),
		"ec2:ModifyVpcEndpoint":             named(e.ModifyVpcEndpoint, plain),
		"ec2:DescribeVpcEndpointServices":   named(e.DescribeVpcEndpointServices, plain),
		"ec2:DeleteSecurityGroup":           named(e.DeleteSecurityGroup, plain),
		"ec2:RevokeSecurityGroupIngress":    named(e.RevokeSecurityGroupIngress, plain),
		"ec2:DeleteVpcEndpoints":            named(e.DeleteVpcEndpoints, deletedEndpoints),
		"ec2:DescribeKeyPairs":              named(e.DescribeKeyPairs, plain),
		"ec2:ImportKeyPair":                 named(e.ImportKeyPair, plain),
		"ec2:DeleteKeyPair":                 named(e.DeleteKeyPair, plain),

		"redshift:DescribeClusterSubnetGroups": named(r.DescribeClusterSubnetGroups, plain),

		"redshift:DescribeClusters":      named(r.DescribeClusters, plain),
		"redshift:CreateCluster":         named(r.CreateCluster, plain),
		"redshift:ModifyCluster":         named(r.ModifyCluster, plain),
		"redshift:ModifyClusterIamRoles": named(r.ModifyClusterIamRoles, plain),
		"redshift:DeleteCluster":         named(r.DeleteCluster, plain),

		"redshift-serverless:GetNamespace":    named(rs.GetNamespace, lowerCamel),
		"redshift-serverless:UpdateNamespace": named(rs.UpdateNamespace, lowerCamel),
		"redshift-serverless:GetWorkgroup":    named(rs.GetWorkgroup, lowerCamel),
		"redshift-serverless:UpdateWorkgroup": named(rs.UpdateWorkgroup, lowerCamel),

		// Pick lists alone.
		"iam:ListRoles":                      named(i.ListRoles, iamAnswer),
		"iam:ListUsers":                      named(i.ListUsers, plain),
		"iam:ListGroups":                     named(i.ListGroups, plain),
		"iam:ListAccountAliases":             named(i.ListAccountAliases, plain),
		"s3:ListBuckets":                     named(b.ListBuckets, plain),
		"kms:ListAliases":                    named(k.ListAliases, plain),
		"redshift-serverless:ListNamespaces": named(rs.ListNamespaces, lowerCamel),
		"redshift-serverless:ListWorkgroups": named(rs.ListWorkgroups, lowerCamel),
	}
	table["iam:ListRolePolicies"] = named(io.ListRolePolicies, plain)
	table["iam:SimulatePrincipalPolicy"] = named(io.SimulatePrincipalPolicy, plain) // a check more is not worth a wait
	table["access-analyzer:ValidatePolicy"] = named(accessanalyzer.NewFromConfig(once).ValidatePolicy, lowerCamel)
	for name, op := range dataOperations(redshiftdata.NewFromConfig(cfg)) {
		table[name] = op
	}
	return table
}

// customEndpoint says that S3 is not AWS's own: bucket names are then no host names.
func customEndpoint() bool {
	return os.Getenv("AWS_ENDPOINT_URL") != "" || os.Getenv("AWS_ENDPOINT_URL_S3") != ""
}

// mostKeys is how many keys KMS lists on a page at most (AWS KMS API Reference, ListKeys).
const mostKeys = 1000

// everyKey lists the keys of all pages at once.
func everyKey(k *kms.Client) func(context.Context, *kms.ListKeysInput, ...func(*kms.Options)) (*kms.ListKeysOutput, error) {
	return func(ctx context.Context, in *kms.ListKeysInput, options ...func(*kms.Options)) (*kms.ListKeysOutput, error) {
		all := &kms.ListKeysOutput{}
		pages := kms.NewListKeysPaginator(k, in, func(o *kms.ListKeysPaginatorOptions) { o.Limit = mostKeys })
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx, options...)
			if err != nil {
				return nil, err
			}
			page.Keys = append(all.Keys, page.Keys...)
			all = page
		}
		return all, nil
	}
}

// deletedEndpoints is plain for an answer that is no error even where nothing was deleted: it lists what
// was not, each with its own error (Amazon EC2 API Reference, DeleteVpcEndpoints).
func deletedEndpoints(out *ec2.DeleteVpcEndpointsOutput) (any, error) {
	for _, item := range out.Unsuccessful {
		if item.Error != nil {
			return nil, &Error{Code: aws.ToString(item.Error.Code), Message: aws.ToString(item.Error.Message)}
		}
	}
	return plain(out)
}

// plain gives an answer as decoded JSON under the API's names: the SDK's fields have the same.
func plain[O any](out *O) (any, error) {
	data, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	var answer map[string]any
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	delete(answer, "ResultMetadata")
	return answer, nil
}

// lowerCamel is plain for services whose API names begin with a small letter: the SDK writes them
// with a capital.
func lowerCamel[O any](out *O) (any, error) {
	answer, err := plain(out)
	return lowered(answer), err
}

func lowered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[strings.ToLower(name[:1])+name[1:]] = lowered(value)
		}
		return out
	case []any:
		for i := range v {
			v[i] = lowered(v[i])
		}
	}
	return v
}

// iamAnswer is plain for answers that hold policies: IAM answers them URL-encoded, and the SDK leaves
// them so where the AWS CLI decodes them.
func iamAnswer[O any](out *O) (any, error) {
	answer, err := plain(out)
	if err != nil {
		return nil, err
	}
	return answer, decodePolicies(answer)
}

// isPolicy says that a member of IAM's holds a policy: those that its model types as policyDocumentType.
func isPolicy(member string) bool {
	return strings.HasSuffix(member, "PolicyDocument") || member == "Document" // the latter of a PolicyVersion
}

func decodePolicies(v any) error {
	list, _ := v.([]any)
	for _, item := range list {
		if err := decodePolicies(item); err != nil {
			return err
		}
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	for name, value := range object {
		text, isText := value.(string)
		if !isText || !isPolicy(name) {
			if err := decodePolicies(value); err != nil {
				return err
			}
			continue
		}
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return fmt.Errorf("decode %s: %w", name, err)
		}
		var document any
		if err := json.Unmarshal([]byte(decoded), &document); err != nil {
			return fmt.Errorf("decode %s: %w", name, err)
		}
		object[name] = document
	}
	return nil
}
