// The bot: a single tenant's registration, reached through Teams alone.

param resourceBaseName string
@maxLength(42)
param botDisplayName string
param botId string
param tenantId string
param botDomain string
param oauthConnection string

// "Azure Active Directory v2", as the bot service numbers its providers.
var entra = '30dd229c-58e3-4a48-bdfd-91ec48eb906c'

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${resourceBaseName}-bot'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'S1' }
  properties: {
    displayName: botDisplayName
    endpoint: 'https://${botDomain}/api/messages'
    msaAppType: 'SingleTenant'
    msaAppId: botId
    msaAppTenantId: tenantId
    disableLocalAuth: true
  }

  resource teams 'channels' = {
    name: 'MsTeamsChannel'
    location: 'global'
    properties: { channelName: 'MsTeamsChannel' }
  }

  // Teams signs people in by its name. It has no secret: Keydesk exchanges the token itself, and stores none here.
  resource signIn 'connections' = {
    name: oauthConnection
    location: 'global'
    properties: {
      serviceProviderId: entra
      clientId: botId
      scopes: 'api://botid-${botId}/access_as_user'
      parameters: [
        { key: 'tenantID', value: tenantId }
        { key: 'tokenExchangeUrl', value: 'api://botid-${botId}' }
      ]
    }
  }
}
