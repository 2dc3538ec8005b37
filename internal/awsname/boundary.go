package awsname

import "fmt"

// Boundary says why a role in an account cannot have a permissions boundary, and what to do; "" : it can. IAM takes
// a policy of the role's own account or one of AWS's (IAM User Guide, Permissions boundaries for IAM entities). What
// is no ARN PolicyARN judges, and an account that is not known yet is nobody's.
func Boundary(arn, partition, account string) (reason, remedy string) {
	a, err := ParseARN(arn)
	switch {
	case err != nil:
		return "", ""
	case a.Partition != partition:
		return fmt.Sprintf("the ARN is in partition %s, the region in %s", a.Partition, partition), "give an ARN of " + partition
	case a.Account != ofAWS && a.Account != account && AccountID(account) == nil:
		return fmt.Sprintf("the policy is in account %s, and a boundary must be in the role's own, %s, or one of AWS's", a.Account, account),
			fmt.Sprintf("give the ARN of a policy of account %s, or one that begins with %s", account, ARN{partition, "iam", "", ofAWS, "policy/"})
	}
	return "", ""
}

// BoundaryOfAWS says that a boundary is a policy that AWS manages.
func BoundaryOfAWS(arn string) bool {
	a, err := ParseARN(arn)
	return err == nil && a.Service == "iam" && a.Account == ofAWS
}

// ofAWS stands for the account in the ARN of what AWS manages.
const ofAWS = "aws"
