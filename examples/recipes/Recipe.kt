// Passlens from an Android app with Credential Manager (androidx.credentials), Android 9 (API 28) or newer.
//
//   val passlens = Passlens("https://passlens.example.com", "pk_…", user = account.id)
//   val ceremony = passlens.started("authentication", rpId = "shop.example")   // right before getCredential / createCredential
//   passlens.finished(ceremony, response.authenticationResponseJson)           // or registrationResponseJson
//   passlens.finished(ceremony, exception)                                     // in catch
//
// Post `ceremony.id` to your server beside the response, so that its verdict joins the ceremony.
//
// Limits: 500 events and 512 KiB a batch; 1000 are held, in memory; the oldest go first and their number is told in `dropped_events`.
// Retry: after a network error, 429 or 5xx the same events (the same ids), at Retry-After or later and later; never after another 4xx.
package com.example.passlens

import android.os.Build
import android.os.SystemClock
import android.util.Base64
import androidx.credentials.exceptions.CreateCredentialCancellationException
import androidx.credentials.exceptions.GetCredentialCancellationException
import androidx.credentials.exceptions.NoCredentialException
import androidx.credentials.exceptions.domerrors.DomError
import androidx.credentials.exceptions.publickeycredential.CreatePublicKeyCredentialDomException
import androidx.credentials.exceptions.publickeycredential.GetPublicKeyCredentialDomException
import java.io.IOException
import java.net.HttpURLConnection
import java.net.URL
import java.security.MessageDigest
import java.security.SecureRandom
import java.util.UUID
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.random.Random
import org.json.JSONObject

/** One call, from its start to its end. */
class Ceremony internal constructor(val id: String, val type: String, val rpId: String) {
    internal val startedAt = SystemClock.elapsedRealtime()
}

/**
 * Everything that changes is touched on `worker` alone. Nothing throws, nothing waits for the network.
 * `user`: your own stable reference, the same one your server gives with its verdict. Nobody is signed in yet: null.
 */
class Passlens(
    private val endpoint: String,
    private val key: String,
    user: String?,
    application: String = "android",
    release: String? = null,
    phone: Boolean = true,
) {
    private val worker = Executors.newSingleThreadScheduledExecutor { Thread(it, "passlens").apply { isDaemon = true } }
    private val waiting = ArrayDeque<Map<String, Any>>()
    private var dropped = 0
    private var failures = 0
    private var paused = false

    private val context = buildMap<String, Any> {
        put("session_id", UUID.randomUUID().toString())
        put("application", application)
        put("client", mapOf("platform" to "Android", "platform_version" to Build.VERSION.RELEASE, "mobile" to phone))
        user?.let { put("user_ref", userRef(it)) }
        release?.let { put("release", it) }
    }

    init {
        add(mapOf("type" to "client.capabilities", "webauthn" to true))
    }

    fun started(type: String, rpId: String): Ceremony {
        val ceremony = Ceremony(uuidV7(), type, rpId)
        add(common(ceremony, "ceremony.started"))
        return ceremony
    }

    /** The response as Credential Manager gives it. What it does not tell is left out: unknown, not false. */
    fun finished(ceremony: Ceremony, responseJson: String) {
        val ended = runCatching {
            val json = JSONObject(responseJson)
            val rawId = fromBase64url(json.getString("rawId"))
            val credential = mutableMapOf<String, Any>("credential_ref" to credentialRef(rawId))
            json.optString("authenticatorAttachment").takeIf { it in setOf("platform", "cross-platform") }
                ?.let { credential["authenticator_attachment"] = it }
            val data = fromBase64url(json.getJSONObject("response").optString("authenticatorData"))
            if (data.size > 32) {
                val flags = data[32].toInt()
                credential["user_present"] = flags and 0x01 != 0
                credential["user_verified"] = flags and 0x04 != 0
                credential["backup_eligible"] = flags and 0x08 != 0
                credential["backup_state"] = flags and 0x10 != 0
            }
            mapOf("outcome" to "succeeded", "credential" to credential)
        }
        val otherwise = mapOf("outcome" to "error", "error" to mapOf("name" to "NoPublicKeyCredential"))
        end(ceremony, ended.getOrDefault(otherwise))
    }

    /** Names are written out, because R8 renames classes. No message is sent: it may name the user. */
    fun finished(ceremony: Ceremony, exception: Exception) {
        val name = when (exception) {
            is GetCredentialCancellationException -> "GetCredentialCancellationException"
            is CreateCredentialCancellationException -> "CreateCredentialCancellationException"
            is NoCredentialException -> "NoCredentialException"
            is GetPublicKeyCredentialDomException -> domName(exception.domError)
            is CreatePublicKeyCredentialDomException -> domName(exception.domError)
            else -> exception.javaClass.simpleName.take(64).ifEmpty { "Exception" }
        }
        end(ceremony, mapOf("outcome" to "error", "error" to mapOf("name" to name)))
    }

    /** "androidx.credentials.TYPE_INVALID_STATE_ERROR" is the browser's "InvalidStateError". */
    private fun domName(error: DomError): String = error.type.substringAfterLast("TYPE_").split('_')
        .joinToString("") { word -> word.lowercase().replaceFirstChar { it.uppercase() } }
        .take(64)

    private fun end(ceremony: Ceremony, fields: Map<String, Any>) {
        val elapsed = SystemClock.elapsedRealtime() - ceremony.startedAt
        add(common(ceremony, "ceremony.finished") + mapOf("elapsed_ms" to elapsed) + fields)
    }

    private fun common(ceremony: Ceremony, type: String): Map<String, Any> = mapOf(
        "type" to type,
        "ceremony_id" to ceremony.id,
        "ceremony_type" to ceremony.type,
        "request" to mapOf("rp_id" to ceremony.rpId),
    )

    private fun add(fields: Map<String, Any>) {
        val event = fields + mapOf("id" to uuidV7(), "time_unix_ms" to System.currentTimeMillis())
        worker.execute {
            waiting.addLast(event)
            trim()
            if (!paused) send()
        }
    }

    private fun trim() {
        while (waiting.size > 1000) {
            waiting.removeFirst()
            dropped++
        }
    }

    private fun send() {
        while (waiting.isNotEmpty()) {
            val events = List(minOf(100, waiting.size)) { waiting.removeFirst() }
            val lost = dropped
            val (status, retryAfter) = try { post(events, lost) } catch (notReached: IOException) { Pair(503, null) }
            if (status >= 500 || status == 429) {
                waiting.addAll(0, events)
                trim()
                return pause(retryAfter)
            }
            if (status < 300) dropped -= lost
            failures = 0
        }
    }

    private fun pause(retryAfterSeconds: Long?) {
        val backoff = (1000L shl failures) * Random.nextDouble(0.5, 1.0)
        failures = minOf(6, failures + 1)
        paused = true
        val wait = minOf(60_000L, retryAfterSeconds?.times(1000) ?: backoff.toLong())
        worker.schedule({ paused = false; send() }, wait, TimeUnit.MILLISECONDS)
    }

    @Throws(IOException::class)
    private fun post(events: List<Map<String, Any>>, lost: Int): Pair<Int, Long?> {
        val batch = mapOf(
            "schema_version" to 1,
            "sent_unix_ms" to System.currentTimeMillis(),
            "dropped_events" to lost,
            "sdk" to mapOf("name" to "recipe-kotlin", "version" to "1"),
            "context" to context,
            "events" to events,
        )
        val connection = URL("$endpoint/v1/events").openConnection() as HttpURLConnection
        try {
            connection.connectTimeout = 10_000
            connection.readTimeout = 10_000
            connection.doOutput = true
            connection.setRequestProperty("Authorization", "Bearer $key")
            connection.setRequestProperty("Content-Type", "application/json")
            // The system's own would pass for a WebView's.
            connection.setRequestProperty("User-Agent", "recipe-kotlin/1")
            connection.outputStream.use { it.write(JSONObject(batch).toString().toByteArray()) }
            return Pair(connection.responseCode, connection.getHeaderField("Retry-After")?.toLongOrNull())
        } finally {
            connection.disconnect()
        }
    }

    companion object {
        private const val URL_SAFE = Base64.URL_SAFE or Base64.NO_PADDING or Base64.NO_WRAP
        private val random = SecureRandom()

        fun userRef(reference: String): String = oneWay("passlens:user:".toByteArray() + reference.toByteArray())

        fun credentialRef(rawId: ByteArray): String = oneWay("passlens:credential:".toByteArray() + rawId)

        private fun oneWay(message: ByteArray): String =
            Base64.encodeToString(MessageDigest.getInstance("SHA-256").digest(message), URL_SAFE)

        private fun fromBase64url(text: String): ByteArray = Base64.decode(text, URL_SAFE)

        /** Made once, where the event happens: a retry keeps it, so that what arrives twice counts once. */
        fun uuidV7(): String {
            val high = (System.currentTimeMillis() shl 16) or 0x7000L or (random.nextLong() and 0x0fffL)
            val low = (random.nextLong() ushr 2) or Long.MIN_VALUE
            return UUID(high, low).toString()
        }
    }
}
