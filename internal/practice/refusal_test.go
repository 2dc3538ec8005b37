package practice_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"onramp/internal/practice"
)

// refusal is one thing that AWS refuses.
type refusal struct {
	source string   // where AWS says so
	before []string // calls that succeed first, each "name input"
	call   string   // "name input"
	code   string
	status int
	says   string // a part of the message; "" : whatever
}

// document writes a policy as a JSON string for an input.
func document(text string) string {
	data, _ := json.Marshal(text)
	return string(data)
}

// statement is a policy of one statement.
func statement(members string) string {
	return document(`{"Version":"2012-10-17","Statement":[{` + members + `}]}`)
}

func createRole(name, trust string) string {
	return `iam:CreateRole {"RoleName":"` + name + `","AssumeRolePolicyDocument":` + trust + `}`
}

func putPolicy(members string) string {
	return `iam:PutRolePolicy {"RoleName":"analytics-copy","PolicyName":"p","PolicyDocument":` + statement(members) + `}`
}

var (
	goodTrust  = statement(`"Effect":"Allow","Principal":{"Service":["redshift.amazonaws.com","redshift-serverless.amazonaws.com"]},"Action":"sts:AssumeRole"`)
	otherTrust = statement(`"Effect":"Allow","Principal":{"Service":"sagemaker.amazonaws.com"},"Action":"sts:AssumeRole"`)
	goodGrant  = `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`
	key        = "1234abcd-12ab-34cd-56ef-1234567890ab"
	inVPC      = `"VpcId":"vpc-0a1b2c3d4e5f60718"`
)

const (
	ownProfile  = `iam:CreateInstanceProfile {"InstanceProfileName":"p"}`
	profileRole = `iam:AddRoleToInstanceProfile {"InstanceProfileName":"p","RoleName":"analytics-copy"}`
)

const (
	iamModel   = "botocore, iam service model"
	iamQuotas  = "IAM UG, IAM and AWS STS quotas"
	iamGrammar = "IAM UG, Grammar of the IAM JSON policy language"
)

var iamRefusals = map[string]refusal{
	"a role name with a space":                {source: iamModel + ", roleNameType", call: createRole("a b", goodTrust), code: "ValidationError", status: 400, says: `[\w+=,.@-]+`},
	"a role name of 65 characters":            {source: iamModel + ", roleNameType", call: createRole(strings.Repeat("a", 65), goodTrust), code: "ValidationError", status: 400, says: "less than or equal to 64"},
	"a role path without a slash":             {source: iamModel + ", pathType", call: `iam:CreateRole {"RoleName":"r","Path":"a","AssumeRolePolicyDocument":` + goodTrust + `}`, code: "ValidationError", status: 400},
	"a description of 1001 characters":        {source: iamModel + ", roleDescriptionType", call: `iam:CreateRole {"RoleName":"r","Description":"` + strings.Repeat("d", 1001) + `","AssumeRolePolicyDocument":` + goodTrust + `}`, code: "ValidationError", status: 400},
	"a session of 30 minutes":                 {source: "IAM API, CreateRole: MaxSessionDuration", call: `iam:CreateRole {"RoleName":"r","MaxSessionDuration":1800,"AssumeRolePolicyDocument":` + goodTrust + `}`, code: "ValidationError", status: 400},
	"a role that is there":                    {source: "IAM API, CreateRole", call: createRole("analytics-copy", goodTrust), code: "EntityAlreadyExists", status: 409},
	"a role that differs in case only":        {source: "IAM API, CreateRole: role names are not distinguished by case", call: createRole("Analytics-COPY", goodTrust), code: "EntityAlreadyExists", status: 409},
	"trust that is no JSON":                   {source: iamGrammar, call: createRole("r", `"{"`), code: "MalformedPolicyDocument", status: 400},
	"trust with a comment":                    {source: "documents 000-002: their sample, as IAM answers it", call: createRole("r", document("{\n// Optional\n}")), code: "MalformedPolicyDocument", status: 400},
	"trust with a Resource":                   {source: iamGrammar, call: createRole("r", statement(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"`)), code: "MalformedPolicyDocument", status: 400, says: "Has prohibited field Resource"},
	"trust without a Principal":               {source: iamGrammar, call: createRole("r", statement(`"Effect":"Allow","Action":"sts:AssumeRole"`)), code: "MalformedPolicyDocument", status: 400, says: "Principal"},
	"trust in an S3 action":                   {source: "policy package: the words of IAM", call: createRole("r", statement(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject"`)), code: "MalformedPolicyDocument", status: 400, says: "may only specify STS AssumeRole actions"},
	"trust in a service that is not there":    {source: "aws-cdk-examples #801", call: createRole("r", statement(`"Effect":"Allow","Principal":{"Service":"redshif.amazonaws.com"},"Action":"sts:AssumeRole"`)), code: "MalformedPolicyDocument", status: 400, says: `Invalid principal in policy: "SERVICE":"redshif.amazonaws.com"`},
	"trust in a role that is not there":       {source: "terraform-provider-aws #8905", call: createRole("r", statement(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/none"},"Action":"sts:AssumeRole"`)), code: "MalformedPolicyDocument", status: 400, says: `Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role/none"`},
	"trust of 2049 characters":                {source: iamQuotas, call: createRole("r", statement(`"Sid":"`+strings.Repeat("a", 2049)+`","Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole"`)), code: "LimitExceeded", status: 409, says: "ACLSizePerRole"},
	"a boundary that is not there":            {source: "IAM API, CreateRole", call: `iam:CreateRole {"RoleName":"r","PermissionsBoundary":"arn:aws:iam::000000000000:policy/none","AssumeRolePolicyDocument":` + goodTrust + `}`, code: "NoSuchEntity", status: 404},
	"a tag of AWS's own":                      {source: "IAM UG, Tags for IAM resources", call: `iam:TagRole {"RoleName":"analytics-copy","Tags":[{"Key":"aws:x","Value":"y"}]}`, code: "InvalidInput", status: 400},
	"a tag twice":                             {source: "IAM API, TagRole", call: `iam:TagRole {"RoleName":"analytics-copy","Tags":[{"Key":"a","Value":"1"},{"Key":"A","Value":"2"}]}`, code: "InvalidInput", status: 400},
	"a tag with a star":                       {source: iamModel + ", tagKeyType", call: `iam:TagRole {"RoleName":"analytics-copy","Tags":[{"Key":"a*","Value":"1"}]}`, code: "ValidationError", status: 400},
	"51 tags":                                 {source: iamQuotas, call: `iam:TagRole {"RoleName":"analytics-copy","Tags":[` + numbered(51, `{"Key":"k%d","Value":""}`) + `]}`, code: "LimitExceeded", status: 409},
	"a policy with an unknown element":        {source: iamGrammar, call: putPolicy(goodGrant + `,"Ressource":"*"`), code: "MalformedPolicyDocument", status: 400},
	"a policy with a key twice":               {source: iamGrammar, call: putPolicy(goodGrant + `,"Resource":"*"`), code: "MalformedPolicyDocument", status: 400},
	"a policy without a Resource":             {source: iamGrammar, call: putPolicy(`"Effect":"Allow","Action":"s3:GetObject"`), code: "MalformedPolicyDocument", status: 400, says: "Policy statement must contain resources."},
	"a policy without an Action":              {source: iamGrammar, call: putPolicy(`"Effect":"Allow","Resource":"*"`), code: "MalformedPolicyDocument", status: 400, says: "Policy statement must contain actions."},
	"a policy with a Principal":               {source: "terraform #13449", call: putPolicy(goodGrant + `,"Principal":"*"`), code: "MalformedPolicyDocument", status: 400, says: "Policy document should not specify a principal."},
	"a policy with a resource that is no ARN": {source: "IAM UG, IAM JSON policy elements: Resource", call: putPolicy(`"Effect":"Allow","Action":"s3:GetObject","Resource":"bucket/*"`), code: "MalformedPolicyDocument", status: 400, says: "must be in ARN format"},
	"a policy with an action without service": {source: "IAM UG, IAM JSON policy elements: Action", call: putPolicy(`"Effect":"Allow","Action":"GetObject","Resource":"*"`), code: "MalformedPolicyDocument", status: 400, says: "prefaced by a vendor"},
	"a policy with a wrong Effect":            {source: iamGrammar, call: putPolicy(`"Effect":"Allowed","Action":"s3:GetObject","Resource":"*"`), code: "MalformedPolicyDocument", status: 400},
	"a policy with an unknown operator":       {source: "IAM UG, Condition operators", call: putPolicy(goodGrant + `,"Condition":{"StringSame":{"aws:userid":"x"}}`), code: "MalformedPolicyDocument", status: 400, says: "Invalid Condition type : StringSame"},
	"a policy with a Sid twice":               {source: iamGrammar, call: `iam:PutRolePolicy {"RoleName":"analytics-copy","PolicyName":"p","PolicyDocument":` + document(`{"Version":"2012-10-17","Statement":[{"Sid":"a",`+goodGrant+`},{"Sid":"a",`+goodGrant+`}]}`) + `}`, code: "MalformedPolicyDocument", status: 400, says: "Statement IDs (SID)"},
	"a policy with a character beyond U+00FF": {source: iamQuotas + ": policy characters", call: putPolicy(goodGrant + `,"Sid":"Ω"`), code: "MalformedPolicyDocument", status: 400},
	"inline policies over 10,240 characters":  {source: iamQuotas, call: putPolicy(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("a", 10240) + `"`), code: "LimitExceeded", status: 409, says: "10240"},
	"inline policies that are too long together": {
		source: iamQuotas, before: []string{`iam:PutRolePolicy {"RoleName":"analytics-copy","PolicyName":"q","PolicyDocument":` + statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+strings.Repeat("a", 9000)+`"`) + `}`},
		call: putPolicy(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + strings.Repeat("a", 2000) + `"`), code: "LimitExceeded", status: 409,
	},
	"a user policy over 2,048 characters":          {source: iamQuotas, call: `iam:PutUserPolicy {"UserName":"ada","PolicyName":"p","PolicyDocument":` + statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+strings.Repeat("a", 2048)+`"`) + `}`, code: "LimitExceeded", status: 409},
	"a group policy over 5,120 characters":         {source: iamQuotas, call: `iam:PutGroupPolicy {"GroupName":"analysts","PolicyName":"p","PolicyDocument":` + statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+strings.Repeat("a", 5120)+`"`) + `}`, code: "LimitExceeded", status: 409},
	"a user name with a space":                     {source: iamModel + ", userNameType", call: `iam:CreateUser {"UserName":"a b"}`, code: "ValidationError", status: 400},
	"a user that is not there":                     {source: "IAM API, GetUser", call: `iam:GetUser {"UserName":"none"}`, code: "NoSuchEntity", status: 404, says: "The user with name none cannot be found."},
	"a group that is not there":                    {source: "IAM API, GetGroup", call: `iam:GetGroup {"GroupName":"none"}`, code: "NoSuchEntity", status: 404},
	"an instance profile's name with a slash":      {source: iamModel + ", instanceProfileNameType", call: `iam:CreateInstanceProfile {"InstanceProfileName":"a/b"}`, code: "ValidationError", status: 400, says: "instanceProfileName"},
	"an instance profile's path without a slash":   {source: iamModel + ", pathType", call: `iam:CreateInstanceProfile {"InstanceProfileName":"p","Path":"a"}`, code: "ValidationError", status: 400},
	"an instance profile that is there":            {source: "IAM API, CreateInstanceProfile", before: []string{ownProfile}, call: ownProfile, code: "EntityAlreadyExists", status: 409, says: "Instance Profile p already exists."},
	"an instance profile that is not there":        {source: "IAM API, GetInstanceProfile; skyplane #724 for the words", call: `iam:GetInstanceProfile {"InstanceProfileName":"none"}`, code: "NoSuchEntity", status: 404, says: "Instance Profile none cannot be found."},
	"an instance profile with a tag of AWS":        {source: "IAM UG, Tags for IAM resources", call: `iam:CreateInstanceProfile {"InstanceProfileName":"p","Tags":[{"Key":"aws:x","Value":"y"}]}`, code: "InvalidInput", status: 400},
	"a 1,001st instance profile":                   {source: iamQuotas, before: manyProfiles(1000), call: ownProfile, code: "LimitExceeded", status: 409, says: "InstanceProfilesPerAccount: 1000"},
	"a role not there for an instance profile":     {source: "IAM API, AddRoleToInstanceProfile", before: []string{ownProfile}, call: `iam:AddRoleToInstanceProfile {"InstanceProfileName":"p","RoleName":"none"}`, code: "NoSuchEntity", status: 404, says: "The role with name none cannot be found."},
	"a role twice in an instance profile":          {source: "IAM API, AddRoleToInstanceProfile; " + iamQuotas, before: []string{ownProfile, profileRole}, call: profileRole, code: "LimitExceeded", status: 409, says: "InstanceSessionsPerInstanceProfile: 1"},
	"taking a role out where it is not":            {source: "IAM API, RemoveRoleFromInstanceProfile; the words UNVERIFIED", before: []string{ownProfile}, call: `iam:RemoveRoleFromInstanceProfile {"InstanceProfileName":"p","RoleName":"analytics-copy"}`, code: "NoSuchEntity", status: 404},
	"deleting an instance profile with its role":   {source: "cloud-custodian #6044", before: []string{ownProfile, profileRole}, call: `iam:DeleteInstanceProfile {"InstanceProfileName":"p"}`, code: "DeleteConflict", status: 409, says: "must remove roles from instance profile first"},
	"deleting a role of an instance profile":       {source: "cloud-custodian #6340", before: []string{ownProfile, profileRole}, call: `iam:DeleteRole {"RoleName":"analytics-copy"}`, code: "DeleteConflict", status: 409, says: "must remove roles from instance profile first"},
	"a managed policy over 6,144 characters":       {source: iamQuotas, call: `iam:CreatePolicy {"PolicyName":"p","PolicyDocument":` + statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::`+strings.Repeat("a", 6144)+`"`) + `}`, code: "LimitExceeded", status: 409, says: "PolicySize"},
	"a managed policy without Version":             {source: "step-s3sync #25, Meteor-CollectionFS #630", call: `iam:CreatePolicy {"PolicyName":"p","PolicyDocument":` + document(`{"Statement":[{`+goodGrant+`}]}`) + `}`, code: "MalformedPolicyDocument", status: 400, says: "must be version 2012-10-17 or greater"},
	"a managed policy that is there":               {source: "IAM API, CreatePolicy", call: `iam:CreatePolicy {"PolicyName":"boundary","PolicyDocument":` + statement(goodGrant) + `}`, code: "EntityAlreadyExists", status: 409},
	"deleting a managed policy that bounds a role": {source: "IAM API, DeletePolicy", before: []string{`iam:PutRolePermissionsBoundary {"RoleName":"analytics-copy","PermissionsBoundary":"arn:aws:iam::000000000000:policy/boundary"}`}, call: `iam:DeletePolicy {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary"}`, code: "DeleteConflict", status: 409},
	"deleting the default version":                 {source: "IAM API, DeletePolicyVersion", call: `iam:DeletePolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","VersionId":"v1"}`, code: "DeleteConflict", status: 409},
	"a version that is none by its name":           {source: iamModel + ", policyVersionIdType", call: `iam:SetDefaultPolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","VersionId":"1"}`, code: "ValidationError", status: 400, says: "v[1-9][0-9]*"},
	"a default version that is not there":          {source: "IAM API, SetDefaultPolicyVersion", call: `iam:SetDefaultPolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","VersionId":"v2"}`, code: "NoSuchEntity", status: 404, says: "version v2 does not exist"},
	"another version of a policy of AWS":           {source: "IAM UG, AWS managed policies", call: `iam:SetDefaultPolicyVersion {"PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftAllCommandsFullAccess","VersionId":"v2"}`, code: "AccessDenied", status: 403},
	"a sixth version":                              {source: iamQuotas, before: repeated(4, `iam:CreatePolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","PolicyDocument":`+statement(goodGrant)+`}`), call: `iam:CreatePolicyVersion {"PolicyArn":"arn:aws:iam::000000000000:policy/boundary","PolicyDocument":` + statement(goodGrant) + `}`, code: "LimitExceeded", status: 409},
	"changing a policy of AWS":                     {source: "IAM UG, AWS managed policies", call: `iam:DeletePolicy {"PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`, code: "AccessDenied", status: 403},
	"attaching a policy that is not there":         {source: "IAM API, AttachRolePolicy", call: `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonRedshiftMLFullAccess"}`, code: "NoSuchEntity", status: 404},
	"attaching a policy under another path":        {source: "IAM API, AttachRolePolicy", call: `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/service-role/AmazonS3FullAccess"}`, code: "NoSuchEntity", status: 404},
	"attaching what is no ARN":                     {source: "IAM API, AttachRolePolicy", call: `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:s3:::a-bucket-of-mine"}`, code: "InvalidInput", status: 400},
	"detaching what is not attached":               {source: "IAM API, DetachRolePolicy", call: `iam:DetachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`, code: "NoSuchEntity", status: 404},
	"a 21st managed policy on a role":              {source: iamQuotas, before: attached(19), call: `iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::aws:policy/AmazonS3FullAccess"}`, code: "LimitExceeded", status: 409, says: "PoliciesPerRole: 20"},
	"a role that is not there":                     {source: "IAM API, GetRole", call: `iam:GetRole {"RoleName":"none"}`, code: "NoSuchEntity", status: 404, says: "The role with name none cannot be found."},
	"an inline policy that is not there":           {source: "IAM API, GetRolePolicy", call: `iam:GetRolePolicy {"RoleName":"analytics-copy","PolicyName":"none"}`, code: "NoSuchEntity", status: 404},
	"deleting an inline policy that is not there":  {source: "IAM API, DeleteRolePolicy", call: `iam:DeleteRolePolicy {"RoleName":"analytics-copy","PolicyName":"none"}`, code: "NoSuchEntity", status: 404},
	"deleting a role with policies":                {source: "IAM API, DeleteRole", call: `iam:DeleteRole {"RoleName":"analytics-copy"}`, code: "DeleteConflict", status: 409},
	"taking away a boundary that is not there":     {source: "IAM API, DeleteRolePermissionsBoundary", call: `iam:DeleteRolePermissionsBoundary {"RoleName":"analytics-copy"}`, code: "NoSuchEntity", status: 404},
	"simulating an action with a wildcard":         {source: "IAM API, SimulatePrincipalPolicy: ActionNames", call: `iam:SimulatePrincipalPolicy {"PolicySourceArn":"arn:aws:iam::000000000000:role/analytics-copy","ActionNames":["s3:*"]}`, code: "InvalidInput", status: 400},
	"simulating a principal that is not there":     {source: "IAM API, SimulatePrincipalPolicy", call: `iam:SimulatePrincipalPolicy {"PolicySourceArn":"arn:aws:iam::000000000000:role/none","ActionNames":["s3:GetObject"]}`, code: "NoSuchEntity", status: 404},
}

const (
	s3Names = "S3 UG, General purpose bucket naming rules"
	s3Error = "S3 API, Error responses"
)

// own is a policy of the bucket analytics-logs.
func own(members string) string {
	return `s3:PutBucketPolicy {"Bucket":"analytics-logs","Policy":` + statement(members) + `}`
}

var s3Refusals = map[string]refusal{
	"a bucket name in capitals":             {source: s3Names, call: `s3:CreateBucket {"Bucket":"RSML-Upper"}`, code: "InvalidBucketName", status: 400},
	"a bucket name with an underscore":      {source: s3Names, call: `s3:CreateBucket {"Bucket":"a_b_c"}`, code: "InvalidBucketName", status: 400},
	"a bucket name like an address":         {source: s3Names, call: `s3:CreateBucket {"Bucket":"192.168.1.1"}`, code: "InvalidBucketName", status: 400},
	"a bucket name that is reserved":        {source: s3Names, call: `s3:CreateBucket {"Bucket":"amzn-s3-demo-bucket"}`, code: "InvalidBucketName", status: 400},
	"a bucket name with two dots":           {source: s3Names, call: `s3:CreateBucket {"Bucket":"a..b"}`, code: "InvalidBucketName", status: 400},
	"a bucket of another account":           {source: s3Error, call: `s3:CreateBucket {"Bucket":"taken-by-someone-else"}`, code: "BucketAlreadyExists", status: 409},
	"the region us-east-1 by its name":      {source: "S3 API, CreateBucket: LocationConstraint", call: `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"us-east-1"}}`, code: "InvalidLocationConstraint", status: 400},
	"an own bucket of another region":       {source: "S3 API, CreateBucket: BucketAlreadyOwnedByYou", call: `s3:CreateBucket {"Bucket":"analytics-elsewhere"}`, code: "BucketAlreadyOwnedByYou", status: 409},
	"a bucket that is not there":            {source: s3Error, call: `s3:GetBucketTagging {"Bucket":"onramp-none"}`, code: "NoSuchBucket", status: 404},
	"a look at a bucket of someone else":    {source: "S3 API, HeadBucket", call: `s3:HeadBucket {"Bucket":"taken-by-someone-else"}`, code: "Forbidden", status: 403},
	"another owner than expected":           {source: "S3 UG, Verifying bucket ownership", call: `s3:GetBucketTagging {"Bucket":"analytics-logs","ExpectedBucketOwner":"111122223333"}`, code: "AccessDenied", status: 403},
	"a look from another region":            {source: "S3 UG, Making requests: redirects", call: `s3:HeadBucket {"Bucket":"analytics-elsewhere"}`, code: "MovedPermanently", status: 301},
	"a read from another region":            {source: "S3 UG, Making requests: redirects", call: `s3:GetBucketTagging {"Bucket":"analytics-elsewhere"}`, code: "PermanentRedirect", status: 301},
	"deleting a bucket that is not empty":   {source: s3Error, call: `s3:DeleteBucket {"Bucket":"analytics-redshift-data"}`, code: "BucketNotEmpty", status: 409},
	"an unknown algorithm":                  {source: "S3 API, ServerSideEncryptionByDefault", call: `s3:PutBucketEncryption {"Bucket":"analytics-logs","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES512"}}]}}`, code: "MalformedXML", status: 400},
	"a key with S3's own encryption":        {source: "S3 API, ServerSideEncryptionByDefault: KMSMasterKeyID", call: `s3:PutBucketEncryption {"Bucket":"analytics-logs","ServerSideEncryptionConfiguration":{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256","KMSMasterKeyID":"k"}}]}}`, code: "InvalidArgument", status: 400},
	"a lifecycle rule that does nothing":    {source: "S3 UG, Lifecycle configuration elements", call: `s3:PutBucketLifecycleConfiguration {"Bucket":"analytics-logs","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""}}]}}`, code: "InvalidRequest", status: 400},
	"a lifecycle rule twice":                {source: "S3 UG, Lifecycle configuration elements: ID", call: `s3:PutBucketLifecycleConfiguration {"Bucket":"analytics-logs","LifecycleConfiguration":{"Rules":[` + strings.Repeat(`{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":1}},`, 1) + `{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"Expiration":{"Days":1}}]}}`, code: "InvalidArgument", status: 400},
	"a lifecycle rule of another status":    {source: "S3 API, LifecycleRule: Status", call: `s3:PutBucketLifecycleConfiguration {"Bucket":"analytics-logs","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"On","Filter":{"Prefix":""},"Expiration":{"Days":1}}]}}`, code: "MalformedXML", status: 400},
	"aborting after no days":                {source: "S3 API, AbortIncompleteMultipartUpload", call: `s3:PutBucketLifecycleConfiguration {"Bucket":"analytics-logs","LifecycleConfiguration":{"Rules":[{"ID":"r","Status":"Enabled","Filter":{"Prefix":""},"AbortIncompleteMultipartUpload":{"DaysAfterInitiation":0}}]}}`, code: "InvalidArgument", status: 400},
	"a tag of a bucket twice":               {source: s3Error + ": InvalidTag", call: `s3:PutBucketTagging {"Bucket":"analytics-logs","Tagging":{"TagSet":[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]}}`, code: "InvalidTag", status: 400},
	"a tag of a bucket that AWS reserves":   {source: s3Error + ": InvalidTag", call: `s3:PutBucketTagging {"Bucket":"analytics-logs","Tagging":{"TagSet":[{"Key":"aws:a","Value":"1"}]}}`, code: "InvalidTag", status: 400},
	"ownership by nobody":                   {source: "S3 API, OwnershipControlsRule", call: `s3:PutBucketOwnershipControls {"Bucket":"analytics-logs","OwnershipControls":{"Rules":[{"ObjectOwnership":"Nobody"}]}}`, code: "MalformedXML", status: 400},
	"versioning that is neither on nor off": {source: "S3 API, PutBucketVersioning", call: `s3:PutBucketVersioning {"Bucket":"analytics-logs","VersioningConfiguration":{"Status":"Off"}}`, code: "IllegalVersioningConfigurationException", status: 400},
	"a bucket policy that is no JSON":       {source: s3Error + ": MalformedPolicy", call: `s3:PutBucketPolicy {"Bucket":"analytics-logs","Policy":"allow"}`, code: "MalformedPolicy", status: 400, says: "first byte must be '{'"},
	"a bucket policy on another bucket":     {source: "S3 UG, Bucket policy errors: Policy has invalid resource", call: own(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other-bucket/*"`), code: "MalformedPolicy", status: 400, says: "Policy has invalid resource"},
	"a bucket policy with another service":  {source: "S3 UG, Bucket policy errors: Policy has invalid action", call: own(`"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"arn:aws:s3:::analytics-logs/*"`), code: "MalformedPolicy", status: 400, says: "Policy has invalid action"},
	"a bucket policy without a Principal":   {source: "S3 UG, Bucket policy errors", call: own(`"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::analytics-logs/*"`), code: "MalformedPolicy", status: 400, says: "Missing required field Principal"},
	"a bucket policy without a Resource":    {source: "S3 UG, Bucket policy errors", call: own(`"Effect":"Deny","Principal":"*","Action":"s3:*"`), code: "MalformedPolicy", status: 400, says: "Missing required field Resource"},
	"a bucket policy for a stranger":        {source: "S3 UG, Bucket policy errors: Invalid principal in policy", call: own(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/none"},"Action":"s3:*","Resource":"arn:aws:s3:::analytics-logs/*"`), code: "MalformedPolicy", status: 400, says: "Invalid principal in policy"},
	"a bucket policy for everybody":         {source: "S3 UG, Blocking public access: BlockPublicPolicy", call: own(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::analytics-logs/*"`), code: "AccessDenied", status: 403, says: "BlockPublicPolicy"},
	"a bucket policy over 20 KB":            {source: "S3 UG, Bucket policies: 20 KB", call: own(`"Sid":"` + strings.Repeat("a", 20480) + `","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::analytics-logs/*"`), code: "MalformedPolicy", status: 400},
}

var s3ElsewhereRefusals = map[string]refusal{ // from eu-west-1
	"a bucket without its region": {source: "S3 API, CreateBucket: LocationConstraint", call: `s3:CreateBucket {"Bucket":"onramp-b"}`, code: "IllegalLocationConstraintException", status: 400},
	"a bucket of another region":  {source: "S3 API, CreateBucket: LocationConstraint", call: `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"eu-west-3"}}`, code: "IllegalLocationConstraintException", status: 400},
	"a bucket of no region":       {source: "S3 API, CreateBucket: LocationConstraint", call: `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"eu-west"}}`, code: "InvalidLocationConstraint", status: 400},
	"an own bucket again":         {source: "S3 API, CreateBucket: BucketAlreadyOwnedByYou", call: `s3:CreateBucket {"Bucket":"analytics-elsewhere","CreateBucketConfiguration":{"LocationConstraint":"eu-west-1"}}`, code: "BucketAlreadyOwnedByYou", status: 409},
}

func keyPolicy(members string) string {
	return `kms:PutKeyPolicy {"KeyId":"` + key + `","Policy":` + statement(members) + `}`
}

var kmsRefusals = map[string]refusal{
	"a key that is not there":             {source: "KMS API, DescribeKey", call: `kms:DescribeKey {"KeyId":"00000000-0000-4000-8000-000000000000"}`, code: "NotFoundException", status: 400},
	"what is no key":                      {source: "KMS API, DescribeKey", call: `kms:DescribeKey {"KeyId":"my-key"}`, code: "NotFoundException", status: 400, says: "Invalid keyId"},
	"an alias that is not there":          {source: "KMS API, DescribeKey", call: `kms:DescribeKey {"KeyId":"alias/none"}`, code: "NotFoundException", status: 400, says: "is not found"},
	"an alias that is there":              {source: "KMS API, CreateAlias", call: `kms:CreateAlias {"AliasName":"alias/analytics","TargetKeyId":"` + key + `"}`, code: "AlreadyExistsException", status: 400},
	"an alias of AWS":                     {source: "KMS API, CreateAlias; the code UNVERIFIED", call: `kms:CreateAlias {"AliasName":"alias/aws/x","TargetKeyId":"` + key + `"}`, code: "NotAuthorizedException", status: 400},
	"an alias without its prefix":         {source: "KMS API, CreateAlias", call: `kms:CreateAlias {"AliasName":"ml","TargetKeyId":"` + key + `"}`, code: "ValidationException", status: 400},
	"an alias with a space":               {source: "botocore, kms service model, AliasNameType", call: `kms:CreateAlias {"AliasName":"alias/a b","TargetKeyId":"` + key + `"}`, code: "ValidationException", status: 400},
	"an alias of an alias":                {source: "KMS API, CreateAlias: TargetKeyId", call: `kms:CreateAlias {"AliasName":"alias/b","TargetKeyId":"alias/analytics"}`, code: "ValidationException", status: 400},
	"an alias of a key that is not there": {source: "KMS API, CreateAlias", call: `kms:CreateAlias {"AliasName":"alias/b","TargetKeyId":"00000000-0000-4000-8000-000000000000"}`, code: "NotFoundException", status: 400},
	"a window of 6 days":                  {source: "KMS API, ScheduleKeyDeletion", call: `kms:ScheduleKeyDeletion {"KeyId":"` + key + `","PendingWindowInDays":6}`, code: "ValidationException", status: 400},
	"a window of 31 days":                 {source: "KMS API, ScheduleKeyDeletion", call: `kms:ScheduleKeyDeletion {"KeyId":"` + key + `","PendingWindowInDays":31}`, code: "ValidationException", status: 400},
	"deleting a key twice":                {source: "KMS UG, Key states", before: []string{`kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`}, call: `kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`, code: "KMSInvalidStateException", status: 400, says: "pending deletion"},
	"rotating a key that is to go":        {source: "KMS UG, Key states", before: []string{`kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`}, call: `kms:EnableKeyRotation {"KeyId":"` + key + `"}`, code: "KMSInvalidStateException", status: 400},
	"an alias of a key that is to go":     {source: "KMS UG, Key states", before: []string{`kms:ScheduleKeyDeletion {"KeyId":"` + key + `"}`}, call: `kms:CreateAlias {"AliasName":"alias/b","TargetKeyId":"` + key + `"}`, code: "KMSInvalidStateException", status: 400},
	"rotating a disabled key":             {source: "KMS UG, Key states", before: []string{`kms:DisableKey {"KeyId":"` + key + `"}`}, call: `kms:EnableKeyRotation {"KeyId":"` + key + `"}`, code: "DisabledException", status: 400},
	"rotating every week":                 {source: "KMS API, EnableKeyRotation: RotationPeriodInDays", call: `kms:EnableKeyRotation {"KeyId":"` + key + `","RotationPeriodInDays":7}`, code: "ValidationException", status: 400},
	"keeping a key that is not to go":     {source: "KMS API, CancelKeyDeletion", call: `kms:CancelKeyDeletion {"KeyId":"` + key + `"}`, code: "KMSInvalidStateException", status: 400},
	"an unknown key spec":                 {source: "KMS API, CreateKey: KeySpec", call: `kms:CreateKey {"KeySpec":"AES_128"}`, code: "ValidationException", status: 400},
	"signing with a symmetric key":        {source: "KMS API, CreateKey: KeyUsage", call: `kms:CreateKey {"KeyUsage":"SIGN_VERIFY"}`, code: "ValidationException", status: 400},
	"a tag of a key twice":                {source: "KMS API, TagException", call: `kms:CreateKey {"Tags":[{"TagKey":"a","TagValue":"1"},{"TagKey":"a","TagValue":"2"}]}`, code: "TagException", status: 400},
	"a key policy that is no JSON":        {source: "KMS API, MalformedPolicyDocumentException", call: `kms:PutKeyPolicy {"KeyId":"` + key + `","Policy":"allow"}`, code: "MalformedPolicyDocumentException", status: 400},
	"a key policy for a stranger":         {source: "aws-blog-codepipeline-third-party-git-build-status #6", call: keyPolicy(`"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::000000000000:root","arn:aws:iam::000000000000:role/none"]},"Action":"kms:*","Resource":"*"`), code: "MalformedPolicyDocumentException", status: 400, says: "invalid principals"},
	"a key policy that locks all out":     {source: "KMS API, PutKeyPolicy: BypassPolicyLockoutSafetyCheck", call: keyPolicy(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:Decrypt","Resource":"*"`), code: "MalformedPolicyDocumentException", status: 400, says: "will not allow you to update"},
	"a new key that nobody can change":    {source: "KMS API, CreateKey: BypassPolicyLockoutSafetyCheck", call: `kms:CreateKey {"Policy":` + statement(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/analytics-copy"},"Action":"kms:*","Resource":"*"`) + `}`, code: "MalformedPolicyDocumentException", status: 400},
	"a key policy of another name":        {source: "KMS API, PutKeyPolicy: PolicyName", call: `kms:PutKeyPolicy {"KeyId":"` + key + `","PolicyName":"other","Policy":"{}"}`, code: "ValidationException", status: 400},
}

const (
	ec2Codes = "EC2 API, Error codes"
	ec2Keys  = "EC2 UG, Create a key pair for your Amazon EC2 instance"
)

var keyPairRefusals = map[string]refusal{
	"a key pair that is there":             {source: ec2Codes + ": InvalidKeyPair.Duplicate", before: []string{importKey("k", rsaKey)}, call: importKey("k", rsaKey), code: "InvalidKeyPair.Duplicate", status: 400, says: "The keypair already exists"},
	"a key pair without a name":            {source: ec2Codes + ": MissingParameter", call: importKey("", rsaKey), code: "MissingParameter", status: 400, says: "KeyName"},
	"a key pair's name beyond ASCII":       {source: ec2Keys, call: importKey("größe", rsaKey), code: "InvalidParameterValue", status: 400},
	"a key pair's name of 256 characters":  {source: ec2Keys, call: importKey(strings.Repeat("k", 256), rsaKey), code: "InvalidParameterValue", status: 400},
	"a key pair's name with a space":       {source: ec2Keys, call: importKey(" k", rsaKey), code: "InvalidParameterValue", status: 400},
	"a key pair without a key":             {source: ec2Codes + ": InvalidKey.Format", call: importKey("k", ""), code: "InvalidKey.Format", status: 400},
	"a key that is none":                   {source: ec2Codes + ": InvalidKey.Format", call: importKey("k", "~/.ssh/id_rsa.pub"), code: "InvalidKey.Format", status: 400, says: "Key is not in valid OpenSSH public key format"},
	"a key that breaks off":                {source: ec2Codes + ": InvalidKey.Format", call: importKey("k", rsaKey[:200]), code: "InvalidKey.Format", status: 400},
	"a private key":                        {source: ec2Codes + ": InvalidKey.Format", call: importKey("k", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"), code: "InvalidKey.Format", status: 400},
	"an ECDSA key":                         {source: "streisand #1171", call: importKey("k", "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJAu7lrD61pAeoCu2ImcC63AXbJjNNeXy7oeNJiCwl1eGFktGlueoluPy+Ib0brQ1mVveJNRhEtDt93QQW6lwGA="), code: "InvalidKey.Format", status: 400},
	"a key and more than 2,048 characters": {source: "EC2's answer: Length exceeds maximum of 2048", call: importKey("k", rsaKey+" "+strings.Repeat("c", 2048)), code: "InvalidParameterValue", status: 400, says: "Length exceeds maximum of 2048."},
	"a key with tags of something else":    {source: "EC2 API, TagSpecification: ResourceType", call: strings.Replace(importKey("k", rsaKey), "{", `{"TagSpecifications":[{"ResourceType":"instance","Tags":[{"Key":"k","Value":"v"}]}],`, 1), code: "InvalidParameterValue", status: 400},
	"a key pair that is not there":         {source: ec2Codes + ": InvalidKeyPair.NotFound", call: `ec2:DescribeKeyPairs {"KeyNames":["none"]}`, code: "InvalidKeyPair.NotFound", status: 400, says: "The key pair 'none' does not exist"},
	"a key pair's id that is not there":    {source: ec2Codes + ": InvalidKeyPair.NotFound", call: `ec2:DescribeKeyPairs {"KeyPairIds":["key-0a1b2c3d4e5f60718"]}`, code: "InvalidKeyPair.NotFound", status: 400},
	"key pairs by names and ids":           {source: "EC2 API, DescribeKeyPairs; UNVERIFIED", before: []string{importKey("k", rsaKey)}, call: `ec2:DescribeKeyPairs {"KeyNames":["k"],"KeyPairIds":["key-0a1b2c3d4e5f60718"]}`, code: "InvalidParameterCombination", status: 400},
	"key pairs by a filter that is none":   {source: "EC2 API, DescribeKeyPairs: Filters", before: []string{importKey("k", rsaKey)}, call: `ec2:DescribeKeyPairs {"Filters":[{"Name":"name","Values":["k"]}]}`, code: "InvalidParameterValue", status: 400},
	"deleting a key pair without a name":   {source: ec2Codes + ": MissingParameter", call: `ec2:DeleteKeyPair {}`, code: "MissingParameter", status: 400},
}

func createGroup(name, description string) string {
	return `ec2:CreateSecurityGroup {"GroupName":"` + name + `","Description":"` + description + `",` + inVPC + `}`
}

func interfaceEndpoint(members string) string {
	return `ec2:CreateVpcEndpoint {"VpcEndpointType":"Interface","ServiceName":"com.amazonaws.us-east-1.sagemaker.api",` + inVPC + members + `}`
}

var (
	gateway   = `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.us-east-1.s3","RouteTableIds":["rtb-0a1b2c3d4e5f60718"],` + inVPC + `}`
	hostnames = `ec2:ModifyVpcAttribute {"EnableDnsHostnames":{"Value":true},` + inVPC + `}`
	group     = `"GroupId":"sg-0a1b2c3d4e5f60718"`
	https     = `ec2:AuthorizeSecurityGroupIngress {` + group + `,"IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"10.0.0.0/16"}]}]}`
)

var ec2Refusals = map[string]refusal{
	"a VPC that is not there":                     {source: ec2Codes, call: `ec2:DescribeVpcs {"VpcIds":["vpc-00000000"]}`, code: "InvalidVpcID.NotFound", status: 400},
	"a subnet that is not there":                  {source: ec2Codes, call: `ec2:DescribeSubnets {"SubnetIds":["subnet-00000000"]}`, code: "InvalidSubnetID.NotFound", status: 400},
	"a route table that is not there":             {source: ec2Codes, call: `ec2:DescribeRouteTables {"RouteTableIds":["rtb-00000000"]}`, code: "InvalidRouteTableID.NotFound", status: 400},
	"a security group that is not there":          {source: ec2Codes, call: `ec2:DescribeSecurityGroups {"GroupIds":["sg-00000000"]}`, code: "InvalidGroup.NotFound", status: 400},
	"an endpoint that is not there":               {source: ec2Codes, call: `ec2:DescribeVpcEndpoints {"VpcEndpointIds":["vpce-00000000"]}`, code: "InvalidVpcEndpointId.NotFound", status: 400},
	"a filter that is none":                       {source: ec2Codes + ": InvalidParameterValue", call: `ec2:DescribeVpcs {"Filters":[{"Name":"colour","Values":["red"]}]}`, code: "InvalidParameterValue", status: 400},
	"both attributes in one call":                 {source: "EC2 API, ModifyVpcAttribute", call: `ec2:ModifyVpcAttribute {` + inVPC + `,"EnableDnsSupport":{"Value":true},"EnableDnsHostnames":{"Value":true}}`, code: "InvalidParameterCombination", status: 400},
	"a group name like an id":                     {source: "EC2 API, CreateSecurityGroup", call: createGroup("sg-ml", "d"), code: "InvalidParameterValue", status: 400},
	"a group named default":                       {source: "VPC UG, Security group basics", call: createGroup("default", "d"), code: "InvalidParameterValue", status: 400},
	"a description with a quote":                  {source: "EC2 API, CreateSecurityGroup: GroupDescription", call: createGroup("g", "it's"), code: "InvalidParameterValue", status: 400},
	"a group in no VPC":                           {source: ec2Codes + ": VPCIdNotSpecified", call: `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d"}`, code: "VPCIdNotSpecified", status: 400},
	"a group in a VPC that is not there":          {source: ec2Codes, call: `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d","VpcId":"vpc-00000000"}`, code: "InvalidVpcID.NotFound", status: 400},
	"a group that is there":                       {source: ec2Codes, before: []string{createGroup("g", "d")}, call: createGroup("G", "d"), code: "InvalidGroup.Duplicate", status: 400},
	"tags for something else":                     {source: "EC2 UG, Tag your resources", call: `ec2:CreateSecurityGroup {"GroupName":"g","Description":"d",` + inVPC + `,"TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"k","Value":"v"}]}]}`, code: "InvalidParameterValue", status: 400},
	"a rule that is there":                        {source: ec2Codes, before: []string{https}, call: https, code: "InvalidPermission.Duplicate", status: 400},
	"a rule with a broken block":                  {source: ec2Codes + ": InvalidParameterValue", call: strings.ReplaceAll(https, "10.0.0.0/16", "10.0.0.0/33"), code: "InvalidParameterValue", status: 400},
	"a rule with an address of the block":         {source: "EC2 API, AuthorizeSecurityGroupIngress: CidrIp", call: strings.ReplaceAll(https, "10.0.0.0/16", "10.0.0.1/16"), code: "InvalidParameterValue", status: 400},
	"a rule with ports in reverse":                {source: ec2Codes + ": InvalidParameterValue", call: strings.ReplaceAll(https, `"FromPort":443`, `"FromPort":444`), code: "InvalidParameterValue", status: 400},
	"taking away a rule that is not there":        {source: ec2Codes, call: strings.ReplaceAll(https, "Authorize", "Revoke"), code: "InvalidPermission.NotFound", status: 400},
	"deleting the default group":                  {source: ec2Codes + ": CannotDelete", call: `ec2:DeleteSecurityGroup {` + group + `}`, code: "CannotDelete", status: 400},
	"an endpoint of an unknown service":           {source: ec2Codes + ": InvalidServiceName", call: `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.us-east-1.nothing",` + inVPC + `}`, code: "InvalidServiceName", status: 400},
	"an endpoint of another region":               {source: ec2Codes + ": InvalidServiceName", call: `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.eu-west-1.s3",` + inVPC + `}`, code: "InvalidServiceName", status: 400},
	"a gateway to a service of interfaces":        {source: "PrivateLink UG, Gateway endpoints: S3 and DynamoDB only", call: `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.us-east-1.sagemaker.api",` + inVPC + `}`, code: "InvalidServiceName", status: 400},
	"a look at an unknown service":                {source: ec2Codes, call: `ec2:DescribeVpcEndpointServices {"ServiceNames":["x"]}`, code: "InvalidServiceName", status: 400},
	"a second S3 gateway on a route table":        {source: "VPC UG, Gateway endpoints; terraform-provider-aws #23866 for the code", before: []string{gateway}, call: gateway, code: "RouteAlreadyExists", status: 400},
	"a gateway on a table that is not there":      {source: ec2Codes, call: strings.ReplaceAll(gateway, "rtb-0a1b2c3d4e5f60718", "rtb-00000000"), code: "InvalidRouteTableID.NotFound", status: 400},
	"a gateway in subnets":                        {source: "EC2 API, CreateVpcEndpoint: SubnetIds", call: `ec2:CreateVpcEndpoint {"ServiceName":"com.amazonaws.us-east-1.s3","SubnetIds":["subnet-0a1b2c3d4e5f60718"],` + inVPC + `}`, code: "InvalidParameter", status: 400},
	"an interface on a route table":               {source: "EC2 API, CreateVpcEndpoint: RouteTableIds", call: interfaceEndpoint(`,"RouteTableIds":["rtb-0a1b2c3d4e5f60718"]`), code: "InvalidParameter", status: 400},
	"private names without VPC DNS":               {source: "PrivateLink UG, Enable private DNS names", call: interfaceEndpoint(`,"PrivateDnsEnabled":true`), code: "InvalidParameter", status: 400, says: "enableDnsHostnames"},
	"private names twice":                         {source: "PrivateLink UG; aws-facts 6.3 for the words", before: []string{hostnames, interfaceEndpoint(`,"PrivateDnsEnabled":true`)}, call: interfaceEndpoint(`,"PrivateDnsEnabled":true`), code: "InvalidParameter", status: 400, says: "conflicting DNS domain"},
	"an interface in a subnet that is not there":  {source: ec2Codes, call: interfaceEndpoint(`,"SubnetIds":["subnet-00000000"]`), code: "InvalidSubnetID.NotFound", status: 400},
	"an interface with a group that is not there": {source: ec2Codes, call: interfaceEndpoint(`,"SecurityGroupIds":["sg-00000000"]`), code: "InvalidGroup.NotFound", status: 400},
	"a change of an endpoint that is not there":   {source: ec2Codes, call: `ec2:ModifyVpcEndpoint {"VpcEndpointId":"vpce-00000000"}`, code: "InvalidVpcEndpointId.NotFound", status: 400},
	"an endpoint policy that is no JSON":          {source: ec2Codes + ": InvalidPolicyDocument", call: interfaceEndpoint(`,"PolicyDocument":"allow"`), code: "InvalidPolicyDocument", status: 400},
}

func newCluster(members string) string {
	return `redshift:CreateCluster {"ClusterIdentifier":"new","NodeType":"ra3.large","ClusterType":"single-node","MasterUsername":"boss",` + members + `}`
}

func changed(from, to string) string {
	return strings.Replace(newCluster(`"ManageMasterPassword":true`), from, to, 1)
}

func roles(cluster, members string) string {
	return `redshift:ModifyClusterIamRoles {"ClusterIdentifier":"` + cluster + `",` + members + `}`
}

func arns(n int) string { return numbered(n, `"arn:aws:iam::000000000000:role/r%d"`) }

const redshiftAPI = "Redshift API, CreateCluster"

var redshiftRefusals = map[string]refusal{
	"a cluster that is there":                 {source: redshiftAPI, call: changed(`"new"`, `"analytics"`), code: "ClusterAlreadyExists", status: 400},
	"a cluster name with two hyphens":         {source: "Redshift UG, Naming constraints", call: changed(`"new"`, `"a--b"`), code: "InvalidParameterValue", status: 400},
	"a node type that is none":                {source: redshiftAPI + ": NodeType", call: changed("ra3.large", "ra9.huge"), code: "InvalidParameterValue", status: 400},
	"nodes of a single-node cluster":          {source: redshiftAPI + ": NumberOfNodes", call: newCluster(`"ManageMasterPassword":true,"NumberOfNodes":2`), code: "InvalidParameterCombination", status: 400},
	"one node of a multi-node cluster":        {source: redshiftAPI + ": NumberOfNodes", call: strings.Replace(newCluster(`"ManageMasterPassword":true,"NumberOfNodes":1`), "single-node", "multi-node", 1), code: "InvalidParameterCombination", status: 400},
	"a database name in capitals":             {source: "Redshift UG, Naming constraints", call: newCluster(`"ManageMasterPassword":true,"DBName":"Dev"`), code: "InvalidParameterValue", status: 400},
	"an admin who is a reserved word":         {source: redshiftAPI + ": MasterUsername", call: changed("boss", "user"), code: "InvalidParameterValue", status: 400},
	"a cluster without a password":            {source: redshiftAPI + ": MasterUserPassword", call: newCluster(`"DBName":"dev"`), code: "InvalidParameterValue", status: 400},
	"a password without a digit":              {source: redshiftAPI + ": MasterUserPassword", call: newCluster(`"MasterUserPassword":"Abcdefgh"`), code: "InvalidParameterValue", status: 400},
	"two kinds of password":                   {source: redshiftAPI + ": ManageMasterPassword", call: newCluster(`"ManageMasterPassword":true,"MasterUserPassword":"Abcdefg1"`), code: "InvalidParameterCombination", status: 400},
	"a cluster that is not encrypted":         {source: "Redshift UG, Behavior changes, 2025-01-10", call: newCluster(`"ManageMasterPassword":true,"Encrypted":false`), code: "InvalidParameterValue", status: 400},
	"a port out of range":                     {source: redshiftAPI + ": Port", call: newCluster(`"ManageMasterPassword":true,"Port":80`), code: "InvalidParameterValue", status: 400},
	"a subnet group that is not there":        {source: redshiftAPI, call: newCluster(`"ManageMasterPassword":true,"ClusterSubnetGroupName":"none"`), code: "ClusterSubnetGroupNotFoundFault", status: 400},
	"a new cluster with a role not there":     {source: "terraform-provider-aws #19113", call: newCluster(`"ManageMasterPassword":true,"IamRoles":["arn:aws:iam::000000000000:role/none"]`), code: "InvalidParameterValue", status: 400, says: "must delegate access to an Amazon Redshift account"},
	"a tag of a cluster twice":                {source: "Redshift API, InvalidTagFault", call: newCluster(`"ManageMasterPassword":true,"Tags":[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]`), code: "InvalidTagFault", status: 400},
	"roles of a cluster that is not there":    {source: "Redshift API, ModifyClusterIamRoles", call: roles("none", `"AddIamRoles":[]`), code: "ClusterNotFound", status: 404},
	"a role that does not trust Redshift":     {source: "terraform-provider-aws #19113", before: []string{createRole("other", otherTrust)}, call: roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/other"]`), code: "InvalidParameterValue", status: 400, says: "must delegate access to an Amazon Redshift account"},
	"a role by another path":                  {source: "IAM UG, IAM identifiers", call: roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/x/serverless-copy"]`), code: "InvalidParameterValue", status: 400},
	"a role that trusts another account":      {source: "Redshift UG, Cross-service confused deputy prevention", before: []string{createRole("other", statement(`"Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}`))}, call: roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/other"]`), code: "InvalidParameterValue", status: 400},
	"a role that trusts another cluster":      {source: "Redshift UG, Cross-service confused deputy prevention", before: []string{createRole("other", statement(`"Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:redshift:us-east-1:000000000000:cluster:archive"}}`))}, call: roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/other"]`), code: "InvalidParameterValue", status: 400},
	"a default role that is not attached":     {source: "aws-sdk-go #4462", call: roles("analytics", `"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/serverless-copy"`), code: "InvalidParameterValue", status: 400, says: "should contain the ARN of the default IAM role"},
	"a 51st role":                             {source: "Redshift UG, Quotas and limits; the code UNVERIFIED", before: append(manyRoles(50), roles("analytics", `"AddIamRoles":[`+arns(49)+`]`)), call: roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/r49"]`), code: "InvalidParameterValue", status: 400, says: "50"},
	"a role on a paused cluster":              {source: "Redshift API, InvalidClusterState", call: roles("archive", `"AddIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]`), code: "InvalidClusterState", status: 400},
	"routing of a paused cluster":             {source: "Redshift API, InvalidClusterState", call: `redshift:ModifyCluster {"ClusterIdentifier":"archive","EnhancedVpcRouting":true}`, code: "InvalidClusterState", status: 400},
	"resuming a cluster that runs":            {source: "Redshift API, ResumeCluster", call: `redshift:ResumeCluster {"ClusterIdentifier":"analytics"}`, code: "InvalidClusterState", status: 400},
	"pausing a paused cluster":                {source: "Redshift API, PauseCluster", call: `redshift:PauseCluster {"ClusterIdentifier":"archive"}`, code: "InvalidClusterState", status: 400},
	"deleting without a word on the snapshot": {source: "Redshift API, DeleteCluster", call: `redshift:DeleteCluster {"ClusterIdentifier":"analytics"}`, code: "InvalidParameterCombination", status: 400},
	"a snapshot that is to be skipped":        {source: "Redshift API, DeleteCluster", call: `redshift:DeleteCluster {"ClusterIdentifier":"analytics","SkipFinalClusterSnapshot":true,"FinalClusterSnapshotIdentifier":"s"}`, code: "InvalidParameterCombination", status: 400},
}

func namespace(members string) string {
	return `redshift-serverless:UpdateNamespace {"NamespaceName":"analytics-ns",` + members + `}`
}

func run(members string) string {
	return `redshift-data:ExecuteStatement {"Sql":"SELECT 1",` + members + `}`
}

const dataAPI = "Redshift Data API, ExecuteStatement"

var serverlessRefusals = map[string]refusal{
	"a namespace that is not there":             {source: "Redshift Serverless API, GetNamespace", call: `redshift-serverless:GetNamespace {"NamespaceName":"none"}`, code: "ResourceNotFoundException", status: 400},
	"a namespace name with a capital":           {source: "botocore, redshift-serverless service model, NamespaceName", call: `redshift-serverless:GetNamespace {"NamespaceName":"Bad_Name"}`, code: "ValidationException", status: 400},
	"a workgroup that is not there":             {source: "Redshift Serverless API, GetWorkgroup", call: `redshift-serverless:GetWorkgroup {"WorkgroupName":"none"}`, code: "ResourceNotFoundException", status: 400},
	"a default role without the list":           {source: "terraform-provider-aws #39268", call: namespace(`"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/serverless-copy"`), code: "ValidationException", status: 400, says: "you must specify the entire list of IAM roles"},
	"a default role that is not in the list":    {source: "Redshift Serverless API, UpdateNamespace; the words UNVERIFIED", call: namespace(`"IamRoles":[],"DefaultIamRoleArn":"arn:aws:iam::000000000000:role/serverless-copy"`), code: "ValidationException", status: 400},
	"a role that trusts clusters only":          {source: "Redshift UG, serverless-security-other-services; the words UNVERIFIED", before: []string{createRole("other", statement(`"Effect":"Allow","Principal":{"Service":"redshift.amazonaws.com"},"Action":"sts:AssumeRole"`))}, call: namespace(`"IamRoles":["arn:aws:iam::000000000000:role/other"]`), code: "ValidationException", status: 400, says: "is not authorized to assume IAM role"},
	"a role of a namespace that is not there":   {source: "Redshift UG, serverless-security-other-services; the words UNVERIFIED", call: namespace(`"IamRoles":["arn:aws:iam::000000000000:role/none"]`), code: "ValidationException", status: 400},
	"a statement for no warehouse":              {source: dataAPI, call: run(`"Database":"dev"`), code: "ValidationException", status: 400},
	"a statement for two warehouses":            {source: dataAPI, call: run(`"Database":"dev","ClusterIdentifier":"analytics","WorkgroupName":"analytics-wg"`), code: "ValidationException", status: 400},
	"a statement for no database":               {source: dataAPI, call: run(`"ClusterIdentifier":"analytics"`), code: "ValidationException", status: 400},
	"a statement by a user and a secret":        {source: dataAPI, call: run(`"Database":"dev","ClusterIdentifier":"analytics","DbUser":"awsuser","SecretArn":"s"`), code: "ValidationException", status: 400},
	"a statement by a user of a workgroup":      {source: dataAPI + ": DbUser is of clusters", call: run(`"Database":"dev","WorkgroupName":"analytics-wg","DbUser":"admin"`), code: "ValidationException", status: 400},
	"a statement by a secret that is not there": {source: dataAPI, call: run(`"Database":"dev","ClusterIdentifier":"analytics","SecretArn":"arn:aws:secretsmanager:us-east-1:000000000000:secret:none-AbCdEf"`), code: "ValidationException", status: 400},
	"a statement for a cluster not there":       {source: dataAPI, call: run(`"Database":"dev","ClusterIdentifier":"none","DbUser":"awsuser"`), code: "ValidationException", status: 400, says: "Redshift endpoint doesn't exist in this region."},
	"a statement for a paused cluster":          {source: dataAPI + "; the words UNVERIFIED", call: run(`"Database":"dev","ClusterIdentifier":"archive","DbUser":"awsuser"`), code: "ValidationException", status: 400},
	"a statement over 200 KB":                   {source: "Redshift UG, Considerations when calling the Data API", call: `redshift-data:ExecuteStatement {"Sql":"` + strings.Repeat("a", 200_001) + `","Database":"dev","ClusterIdentifier":"analytics"}`, code: "ValidationException", status: 400},
	"a batch of 41":                             {source: "Redshift Data API, BatchExecuteStatement: Sqls", call: `redshift-data:BatchExecuteStatement {"Sqls":[` + numbered(41, `"SELECT %d"`) + `],"Database":"dev","ClusterIdentifier":"analytics"}`, code: "ValidationException", status: 400},
	"a statement that is not there":             {source: "Redshift Data API, DescribeStatement", call: `redshift-data:DescribeStatement {"Id":"d9b6c0c9-0747-4bf4-b142-e8883122f766"}`, code: "ResourceNotFoundException", status: 400},
	"rows of a statement that is not there":     {source: "Redshift Data API, GetStatementResult", call: `redshift-data:GetStatementResult {"Id":"d9b6c0c9-0747-4bf4-b142-e8883122f766"}`, code: "ResourceNotFoundException", status: 400},
}

func numbered(n int, format string) string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(out, ",")
}

func repeated(n int, call string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = call
	}
	return out
}

// attached makes n policies and attaches them to the role analytics-copy, which has one.
func attached(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`iam:CreatePolicy {"PolicyName":"p%d","PolicyDocument":%s}`, i, statement(goodGrant)),
			fmt.Sprintf(`iam:AttachRolePolicy {"RoleName":"analytics-copy","PolicyArn":"arn:aws:iam::000000000000:policy/p%d"}`, i))
	}
	return out
}

func manyRoles(n int) []string {
	var out []string
	for i := range n {
		out = append(out, createRole(fmt.Sprintf("r%d", i), goodTrust))
	}
	return out
}

func manyProfiles(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf(`iam:CreateInstanceProfile {"InstanceProfileName":"p%d"}`, i))
	}
	return out
}

func split(call string) (name, input string) {
	name, input, _ = strings.Cut(call, " ")
	return name, input
}

func TestWhatAWSRefuses(t *testing.T) {
	for _, table := range []struct {
		region string
		rows   map[string]refusal
	}{
		{"us-east-1", iamRefusals},
		{"us-east-1", s3Refusals},
		{"eu-west-1", s3ElsewhereRefusals},
		{"us-east-1", kmsRefusals},
		{"us-east-1", ec2Refusals},
		{"us-east-1", keyPairRefusals},
		{"us-east-1", redshiftRefusals},
		{"us-east-1", serverlessRefusals},
		{"us-east-1", aliasRefusals()},
		{"us-east-1", changeRefusals},
	} {
		for name, row := range table.rows {
			t.Run(name, func(t *testing.T) {
				if row.source == "" {
					t.Error("no source")
				}
				a := practice.New(practice.Settings{})
				s := inProcess(t, a, table.region)
				for _, call := range row.before {
					s.must(split(call))
				}
				before := string(a.State())
				code, status, message := s.refused(split(row.call))
				if code != row.code || status != row.status || !strings.Contains(message, row.says) {
					t.Errorf("want %s %d with %q, have %s %d: %s", row.code, row.status, row.says, code, status, message)
				}
				if string(a.State()) != before {
					t.Error("a refused call changed something")
				}
			})
		}
	}
}

// What AWS takes, though it may look wrong.
func TestWhatAWSTakes(t *testing.T) {
	for source, call := range map[string]string{
		"IAM UG, IAM JSON policy elements: Version: it is optional in inline policies": `iam:PutRolePolicy {"RoleName":"analytics-copy","PolicyName":"p","PolicyDocument":` + document(`{"Statement":{`+goodGrant+`}}`) + `}`,
		"document 003: trust of the old version":                                       createRole("r", document(`{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"machinelearning.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)),
		"Redshift UG, Restricting access to IAM roles: regional principals":            createRole("r", statement(`"Effect":"Allow","Principal":{"Service":"redshift.us-east-1.amazonaws.com"},"Action":"sts:AssumeRole"`)),
		"IAM UG, Principal: other accounts are not looked at":                          createRole("r", statement(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/any"},"Action":"sts:AssumeRole"`)),
		"KMS UG, Default key policy: it has an Id":                                     `kms:PutKeyPolicy {"KeyId":"` + key + `","Policy":` + document(`{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]}`) + `}`,
		"KMS API, BypassPolicyLockoutSafetyCheck":                                      `kms:PutKeyPolicy {"KeyId":"` + key + `","BypassPolicyLockoutSafetyCheck":true,"Policy":` + statement(`"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"`) + `}`,
		"S3 UG, The meaning of public: a fixed source account":                         own(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::analytics-logs/*","Condition":{"StringEquals":{"aws:SourceAccount":"000000000000"}}`),
		"S3 API, CreateBucket: us-east-1 makes buckets everywhere":                     `s3:CreateBucket {"Bucket":"onramp-b","CreateBucketConfiguration":{"LocationConstraint":"eu-west-3"}}`,
		"Redshift API, ModifyClusterIamRoles: a role that is attached (UNVERIFIED)":    roles("analytics", `"AddIamRoles":["arn:aws:iam::000000000000:role/analytics-copy"]`),
	} {
		if _, err := inProcess(t, practice.New(practice.Settings{}), "us-east-1").call(split(call)); err != nil {
			t.Errorf("%s: %v", source, err)
		}
	}
}
