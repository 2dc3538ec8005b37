package shell

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

var (
	pluralAcronym = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[A-Z]{2,}s$`)
	})
	firstCapital = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	})
	nextCapital = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`([a-z0-9])([A-Z])`)
	})
)

// brands are words with capitals of their own, and branded the operations in which botocore keeps
// them in one. In any other name it cuts them at their capitals like the rest.
var (
	brands  = strings.NewReplacer("iSCSI", "Iscsi", "HITs", "Hits", "PartiQL", "Partiql", "WhatsApp", "Whatsapp", "OTel", "Otel")
	branded = strings.Fields(`
		AssociateWhatsAppBusinessAccount CreateCachediSCSIVolume CreateStorediSCSIVolume
		CreateWhatsAppMessageTemplate CreateWhatsAppMessageTemplateFromLibrary
		CreateWhatsAppMessageTemplateMedia DeleteWhatsAppMessageMedia DeleteWhatsAppMessageTemplate
		DescribeCachediSCSIVolumes DescribeStorediSCSIVolumes DisassociateWhatsAppBusinessAccount
		ExecutePartiQLBatch ExecutePartiQLStatement ExecutePartiQLTransaction
		GetLinkedWhatsAppBusinessAccount GetLinkedWhatsAppBusinessAccountPhoneNumber
		GetOTelEnrichment GetWhatsAppMessageMedia GetWhatsAppMessageTemplate
		ListHITsForQualificationType ListLinkedWhatsAppBusinessAccounts ListWhatsAppMessageTemplates
		ListWhatsAppTemplateLibrary PostWhatsAppMessageMedia
		PutWhatsAppBusinessAccountEventDestinations SendWhatsAppMessage StartOTelEnrichment
		StopOTelEnrichment UpdateWhatsAppMessageTemplate`)
)

// kebab is how the AWS CLI spells the name of an operation or a member: CreateRole is create-role.
// It is xform_name of botocore/__init__.py, which both versions of the CLI use.
func kebab(name string) string {
	if strings.Contains(name, "-") {
		return name
	}
	if slices.Contains(branded, name) {
		name = brands.Replace(name)
	}
	if plural := pluralAcronym().FindString(name); plural != "" { // SubnetARNs is subnet-arns
		name = strings.TrimSuffix(name, plural) + "-" + strings.ToLower(plural)
	}
	name = firstCapital().ReplaceAllString(name, "$1-$2")
	return strings.ToLower(nextCapital().ReplaceAllString(name, "$1-$2"))
}
