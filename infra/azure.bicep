// Everything that Keydesk needs in Azure, in one resource group: App Service, identity, vault, database, bot, logs. The bot's
// app registration is not here; the Agents Toolkit makes it (m365agents.yml), and it trusts the identity made here.
// No secret passes through but the first password of the database's administrator; the others are put into the vault by
// people (docs/operations.md).

@minLength(4)
@maxLength(20)
@description('Begins every name, and is unique in Azure: lower case letters and digits.')
param resourceBaseName string

@maxLength(42)
param botDisplayName string

@description('Client id of the app registration that is the bot (BOT_ID).')
param botId string

@description('The Entra tenant whose people and devices are served.')
param tenantId string = tenant().tenantId

@description('Object ids of the security groups of the roles. A role without a group is nobody\'s.')
param agentsGroupId string
param adminsGroupId string = ''
param approversGroupId string = ''
param auditorsGroupId string = ''

@description('Client id of the application that rotates by schedule, where there is one.')
param rotationClientId string = ''

@description('The group of people who own the database: they migrate and restore, and the service cannot.')
param databaseOwnersGroupId string
param databaseOwnersGroupName string

@secure()
@description('Needed to make the server, and used by nobody afterwards.')
param databaseAdminPassword string

@description('Further settings of the service (docs/operations.md), by name. No secrets: those are in the vault.')
param moreSettings object = {}

@description('Addresses from which people put secrets into the vault, as 203.0.113.0/24. None: from nowhere.')
param operatorAddresses array = []

param location string = resourceGroup().location
param webAppSku string = 'P0v3'
param databaseSku string = 'Standard_D2ds_v5'

@allowed(['Disabled', 'SameZone', 'ZoneRedundant'])
param databaseHighAvailability string = 'ZoneRedundant'

@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

var oauthConnection = 'keydesk'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${resourceBaseName}-identity'
  location: location
}

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${resourceBaseName}-logs'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
  }
}

module network './modules/network.bicep' = {
  name: 'network'
  params: {
    resourceBaseName: resourceBaseName
    location: location
  }
}

module vault './modules/vault.bicep' = {
  name: 'vault'
  params: {
    resourceBaseName: resourceBaseName
    location: location
    readerPrincipalId: identity.properties.principalId
    appSubnetId: network.outputs.appSubnetId
    operatorAddresses: operatorAddresses
    logsId: logs.id
  }
}

module database './modules/database.bicep' = {
  name: 'database'
  params: {
    resourceBaseName: resourceBaseName
    location: location
    skuName: databaseSku
    highAvailability: databaseHighAvailability
    ownersGroupId: databaseOwnersGroupId
    ownersGroupName: databaseOwnersGroupName
    adminPassword: databaseAdminPassword
    subnetId: network.outputs.databaseSubnetId
    dnsZoneId: network.outputs.databaseDnsZoneId
    logsId: logs.id
  }
}

module web './modules/web.bicep' = {
  name: 'web'
  params: {
    resourceBaseName: resourceBaseName
    location: location
    skuName: webAppSku
    identityId: identity.id
    identityClientId: identity.properties.clientId
    appSubnetId: network.outputs.appSubnetId
    vaultUri: vault.outputs.uri
    logsId: logs.id
    botId: botId
    tenantId: tenantId
    oauthConnection: oauthConnection
    agentsGroupId: agentsGroupId
    adminsGroupId: adminsGroupId
    approversGroupId: approversGroupId
    auditorsGroupId: auditorsGroupId
    rotationClientId: rotationClientId
    moreSettings: moreSettings
  }
}

module bot './botRegistration/azurebot.bicep' = {
  name: 'bot'
  params: {
    resourceBaseName: resourceBaseName
    botDisplayName: botDisplayName
    botId: botId
    tenantId: tenantId
    botDomain: web.outputs.domain
    oauthConnection: oauthConnection
  }
}

// Written into env/.env.{name} by the Toolkit. Nothing here is secret.
output BOT_DOMAIN string = web.outputs.domain
output BOT_AZURE_APP_SERVICE_RESOURCE_ID string = web.outputs.id
output KEYDESK_VAULT_NAME string = vault.outputs.name
output KEYDESK_DATABASE_HOST string = database.outputs.host
// The subject of the federated credential that the bot's registration gets.
output KEYDESK_IDENTITY_PRINCIPAL_ID string = identity.properties.principalId
