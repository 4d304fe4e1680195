// The service itself: Linux, Node 24. Its settings are the variables of docs/operations.md; secrets come from the vault.

param resourceBaseName string
param location string
param skuName string
param identityId string
param identityClientId string
param appSubnetId string
param vaultUri string
param logsId string
param botId string
param tenantId string
param oauthConnection string
param agentsGroupId string
param adminsGroupId string
param approversGroupId string
param auditorsGroupId string
param rotationClientId string
param moreSettings object

var name = '${resourceBaseName}-app'

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: '${resourceBaseName}-plan'
  location: location
  kind: 'linux'
  sku: { name: skuName }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  kind: 'app,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: appSubnetId
    vnetRouteAllEnabled: true
    siteConfig: {
      linuxFxVersion: 'NODE|24-lts'
      appCommandLine: 'node src/launch.mjs --heap-growing-percent=40 src/main.ts'
      alwaysOn: true
      healthCheckPath: '/healthz'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    // All of them, every time: what is not here is taken away.
    properties: union(moreSettings, {
      MicrosoftAppType: 'SingleTenant'
      MicrosoftAppId: botId
      KEYDESK_FEDERATED_CLIENT_ID: identityClientId
      KEYDESK_TENANT_ID: tenantId
      KEYDESK_GRAPH_MODE: 'delegated'
      KEYDESK_OAUTH_CONNECTION: oauthConnection
      KEYDESK_PUBLIC_URL: 'https://${app.properties.defaultHostName}'
      KEYDESK_ROTATION_CLIENT_ID: rotationClientId
      KEYDESK_GROUP_AGENTS: agentsGroupId
      KEYDESK_GROUP_ADMINS: adminsGroupId
      KEYDESK_GROUP_APPROVERS: approversGroupId
      KEYDESK_GROUP_AUDITORS: auditorsGroupId
      DATABASE_URL: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/database-url)'
      KEYDESK_LEDGER_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/ledger-key)'
      // On the storage of the App Service: not the database's, and not restored with it.
      KEYDESK_CHECKPOINT_FILE: '/home/ledger-checkpoint'
      WEBSITES_ENABLE_APP_SERVICE_STORAGE: 'true'
      // What was deployed is what runs, read-only.
      WEBSITE_RUN_FROM_PACKAGE: '1'
      // An orderly stop takes up to 28 s.
      WEBSITES_CONTAINER_STOP_TIME_LIMIT: '30'
    })
  }

  // Deployed with Entra and nothing else: no password of the publishing profile.
  resource noFtp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource noScmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

// Not the HTTP logs: Entra's answers to a sign-in stand in their queries.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: app
  properties: {
    workspaceId: logsId
    logs: [
      { category: 'AppServiceConsoleLogs', enabled: true }
      { category: 'AppServicePlatformLogs', enabled: true }
      { category: 'AppServiceAuditLogs', enabled: true }
    ]
  }
}

output id string = app.id
output domain string = app.properties.defaultHostName
