// telegram-test-api as a process of its own, with what it lacks of the real Bot API (README of that package; Bot API docs):
// getMe's is_bot, times in seconds, chat_instance, true where it says null, the commands and chat actions, the webhook's secret,
// and getUpdates with `offset` (what is below it is forgotten, the rest comes again) and `timeout` (the answer waits).
// Prints the port it took; an update whose webhook was refused is reported as a line of JSON.
const TelegramServer = require('telegram-test-api')
const axios = require('axios')
const express = require('express')

process.on('unhandledRejection', (error) => console.log(JSON.stringify({ refused: error.response?.status ?? error.message })))

const format = TelegramServer.formatUpdate
TelegramServer.formatUpdate = (update) => {
  const formatted = format(update)
  if (formatted.callback_query) formatted.callback_query.chat_instance = 'invented'
  return formatted
}

const server = new TelegramServer({ host: '127.0.0.1' })
server.config.port = 0
const setWebhook = server.setWebhook.bind(server)
server.setWebhook = (webhook, token) => {
  axios.defaults.headers.common['X-Telegram-Bot-Api-Secret-Token'] = webhook.secret_token
  setWebhook(webhook, token)
}

const shim = express()
const ok = (response, result) => response.json({ ok: true, result })
shim.use(express.urlencoded({ extended: true }))
shim.use((request, response, next) => {
  const json = response.json.bind(response)
  response.json = (body) => {
    if (body?.ok && body.result === null) body.result = true
    if (body?.result?.date > 1e11) body.result.date = Math.floor(body.result.date / 1000)
    return json(body)
  }
  next()
})
shim.all('/bot:token/getMe', (request, response) => ok(response, { id: 123, is_bot: true, first_name: 'Thử', username: 'thu_bot' }))
for (const method of ['answerCallbackQuery', 'setMyCommands', 'sendChatAction']) {
  shim.all(`/bot:token/${method}`, (request, response) => ok(response, true))
}
shim.all('/bot:token/getUpdates', (request, response) => {
  const { token } = request.params
  const offset = Number(request.body.offset ?? 0)
  const until = Date.now() + 1000 * Number(request.body.timeout ?? 0)
  server.storage.userMessages = server.storage.userMessages.filter((u) => u.botToken !== token || u.updateId >= offset)
  const look = () => {
    const waiting = server.storage.userMessages.filter((u) => u.botToken === token)
    if (waiting.length || Date.now() >= until) ok(response, waiting.map(TelegramServer.formatUpdate))
    else if (!response.destroyed) setTimeout(look, 20)
  }
  look()
})
shim.use(server.webServer)
server.webServer = shim
server.start().then(() => console.log(server.server.address().port))
