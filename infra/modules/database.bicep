// PostgreSQL without an address on the Internet. People log in with Entra; keydesk_app, whose password npm run migrate
// sets, with SCRAM over TLS.

param resourceBaseName string
param location string
param skuName string
param highAvailability string
param ownersGroupId string
param ownersGroupName string
@secure()
param adminPassword string
param subnetId string
param dnsZoneId string
param logsId string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${resourceBaseName}-db'
  location: location
  sku: { name: skuName, tier: 'GeneralPurpose' }
  properties: {
    version: '17'
    administratorLogin: 'keydesk_first'
    administratorLoginPassword: adminPassword
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Enabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: 64, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 35, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: highAvailability }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: dnsZoneId
      publicNetworkAccess: 'Disabled'
    }
  }

  resource owners 'administrators' = {
    name: ownersGroupId
    properties: {
      principalType: 'Group'
      principalName: ownersGroupName
      tenantId: tenant().tenantId
    }
  }

  resource keydesk 'databases' = {
    name: 'keydesk'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
    dependsOn: [owners]
  }

  // The server takes one change of its settings at a time.
  resource extensions 'configurations' = {
    name: 'azure.extensions'
    properties: { value: 'PG_TRGM', source: 'user-override' }
    dependsOn: [keydesk]
  }

  resource secureTransport 'configurations' = {
    name: 'require_secure_transport'
    properties: { value: 'ON', source: 'user-override' }
    dependsOn: [extensions]
  }

  resource tls 'configurations' = {
    name: 'ssl_min_protocol_version'
    properties: { value: 'TLSv1.2', source: 'user-override' }
    dependsOn: [secureTransport]
  }

  resource passwords 'configurations' = {
    name: 'password_encryption'
    properties: { value: 'SCRAM-SHA-256', source: 'user-override' }
    dependsOn: [tls]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: server
  properties: {
    workspaceId: logsId
    logs: [{ category: 'PostgreSQLLogs', enabled: true }]
  }
}

output host string = server.properties.fullyQualifiedDomainName
