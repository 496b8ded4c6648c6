package io.arcllm.module.budget;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

import io.arcllm.module.budget.BudgetAccount.Level;
import io.arcllm.module.budget.BudgetLimit.Action;
import io.arcllm.module.budget.BudgetStore.Answer;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * The accounts in Redis: a hash with what is spent ({@code s}) and reserved ({@code r}),
 * and a sorted set of the reservations by the time at which they expire, so that the
 * reservations of a replica that dies are returned. One script changes both, for all
 * accounts at once.
 */
final class RedisAccounts {

	private static final String PREFIX = "arcllm:{budget}:";

	private static final String HELD = ":held";

	/** How long accounts are kept after their windows, for calls under way. */
	private static final Duration KEPT = Duration.ofHours(1);

	/** Refuses if an account has too little left: returns its number and the levels. */
	private static final byte[] RESERVE = bytes("""
			local t = redis.call('TIME')
			local now = t[1] * 1000 + math.floor(t[2] / 1000)
			local n = #KEYS / 2
			local need = tonumber(ARGV[2])
			local answer = {0}
			for i = 1, n do
			  local held = KEYS[2 * i]
			  for _, one in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', now)) do
			    redis.call('ZREM', held, one)
			    local lapsed = string.match(one, '%d+$')
			    if lapsed ~= '0' then
			      redis.call('HINCRBY', KEYS[2 * i - 1], 'r', '-' .. lapsed)
			    end
			  end
			  local spent = tonumber(redis.call('HGET', KEYS[2 * i - 1], 's') or '0')
			  local reserved = tonumber(redis.call('HGET', KEYS[2 * i - 1], 'r') or '0')
			  answer[2 * i] = spent
			  answer[2 * i + 1] = reserved
			  local most = ARGV[2 + 2 * i]
			  if answer[1] == 0 and most ~= '' and spent + reserved + need > tonumber(most) then
			    answer[1] = i
			  end
			end
			if answer[1] == 0 then
			  for i = 1, n do
			    redis.call('HINCRBY', KEYS[2 * i - 1], 'r', ARGV[2])
			    redis.call('ZADD', KEYS[2 * i], now + tonumber(ARGV[3]), ARGV[1] .. ':' .. ARGV[2])
			    if ARGV[3 + 2 * i] ~= '' then
			      redis.call('PEXPIREAT', KEYS[2 * i - 1], ARGV[3 + 2 * i])
			      redis.call('PEXPIREAT', KEYS[2 * i], ARGV[3 + 2 * i])
			    end
			  end
			end
			return answer
			""");

	/**
	 * Counts a settlement once, even if it is sent again: a reservation is removed, and a
	 * settlement without one leaves a mark.
	 */
	private static final byte[] SETTLE = bytes("""
			local t = redis.call('TIME')
			local now = t[1] * 1000 + math.floor(t[2] / 1000)
			local answer = {}
			for i = 1, #KEYS / 2 do
			  local account, held = KEYS[2 * i - 1], KEYS[2 * i]
			  local first = false
			  if ARGV[4] == 'held' then
			    first = redis.call('ZREM', held, ARGV[1] .. ':' .. ARGV[2]) == 1
			    if first and ARGV[2] ~= '0' then
			      redis.call('HINCRBY', account, 'r', '-' .. ARGV[2])
			    end
			  else
			    first = redis.call('ZADD', held, 'NX', now + 3600000, ARGV[1] .. ':0') == 1
			  end
			  if first then
			    redis.call('HINCRBY', account, 's', ARGV[3])
			    if ARGV[4 + i] ~= '' then
			      redis.call('PEXPIREAT', account, ARGV[4 + i])
			      redis.call('PEXPIREAT', held, ARGV[4 + i])
			    end
			  end
			  answer[2 * i - 1] = tonumber(redis.call('HGET', account, 's') or '0')
			  answer[2 * i] = tonumber(redis.call('HGET', account, 'r') or '0')
			end
			return answer
			""");

	private final BudgetRedis redis;

	private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection;

	RedisAccounts(BudgetRedis redis) {
		this.redis = redis;
	}

	CompletableFuture<Answer> reserve(Reservation reservation, Duration most, BiConsumer<BudgetAccount, Level> known) {
		List<BudgetAccount> accounts = reservation.accounts();
		List<String> arguments = new ArrayList<>(
				List.of(reservation.id(), String.valueOf(reservation.micros()), String.valueOf(most.toMillis())));
		for (BudgetAccount account : accounts) {
			arguments.add((account.limit().action() == Action.WARN) ? "" : String.valueOf(account.limit().micros()));
			arguments.add(expiry(account));
		}
		return eval(RESERVE, accounts, arguments).thenApply((numbers) -> {
			List<Level> levels = levels(accounts, numbers.subList(1, numbers.size()), known);
			int refused = numbers.get(0).intValue();
			return (refused == 0) ? Answer.HELD : new Answer(accounts.get(refused - 1), levels.get(refused - 1));
		});
	}

	/**
	 * Counts what was spent.
	 * @param held whether the money was reserved in Redis
	 */
	CompletableFuture<List<Level>> settle(Reservation reservation, long micros, boolean held,
			BiConsumer<BudgetAccount, Level> known) {
		List<BudgetAccount> accounts = reservation.accounts();
		List<String> arguments = new ArrayList<>(List.of(reservation.id(), String.valueOf(reservation.micros()),
				String.valueOf(micros), held ? "held" : ""));
		accounts.forEach((account) -> arguments.add(expiry(account)));
		return eval(SETTLE, accounts, arguments).thenApply((numbers) -> levels(accounts, numbers, known));
	}

	private static List<Level> levels(List<BudgetAccount> accounts, List<Long> numbers,
			BiConsumer<BudgetAccount, Level> known) {
		List<Level> levels = new ArrayList<>(accounts.size());
		for (int i = 0; i < accounts.size(); i++) {
			Level level = new Level(numbers.get(2 * i), numbers.get(2 * i + 1));
			known.accept(accounts.get(i), level);
			levels.add(level);
		}
		return levels;
	}

	private static String expiry(BudgetAccount account) {
		Instant end = account.span().end();
		return (end == null) ? "" : String.valueOf(end.plus(KEPT).toEpochMilli());
	}

	private CompletableFuture<List<Long>> eval(byte[] script, List<BudgetAccount> accounts, List<String> arguments) {
		byte[][] keys = accounts.stream()
			.map(RedisAccounts::key)
			.flatMap((key) -> List.of(bytes(key), bytes(key + HELD)).stream())
			.toArray(byte[][]::new);
		byte[][] values = arguments.stream().map(RedisAccounts::bytes).toArray(byte[][]::new);
		return connection().thenCompose((connection) -> {
			CompletionStage<List<Long>> answer = connection.async().eval(script, ScriptOutputType.MULTI, keys, values);
			return answer;
		});
	}

	/**
	 * Fails if the connection is known to be down, because Lettuce would queue commands
	 * then.
	 */
	private synchronized CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection() {
		CompletableFuture<StatefulRedisConnection<byte[], byte[]>> known = this.connection;
		if (known == null || known.isCompletedExceptionally()) {
			known = this.redis.connect().toCompletableFuture();
			this.connection = known;
		}
		return known.thenApply((connection) -> {
			if (!connection.isOpen()) {
				throw new IllegalStateException("the connection is down");
			}
			return connection;
		});
	}

	/** Sets what is spent to 0 in all windows of these limits. */
	void reset(Predicate<String> limits) {
		connection().thenAccept((connection) -> scan(connection, ScanCursor.INITIAL, limits));
	}

	private static void scan(StatefulRedisConnection<byte[], byte[]> connection, ScanCursor from,
			Predicate<String> limits) {
		connection.async().scan(from, ScanArgs.Builder.matches(PREFIX + "*").limit(1000)).thenAccept((found) -> {
			found.getKeys()
				.stream()
				.filter((key) -> isOf(new String(key, StandardCharsets.UTF_8), limits))
				.forEach((key) -> connection.async().hset(key, bytes("s"), bytes("0")));
			if (!found.isFinished()) {
				scan(connection, found, limits);
			}
		});
	}

	private static boolean isOf(String key, Predicate<String> limits) {
		if (key.endsWith(HELD)) {
			return false;
		}
		String rest = key.substring(PREFIX.length());
		int length = rest.indexOf('|');
		return length >= 0 && limits.test(rest.substring(0, length).replace("%7C", "|").replace("%25", "%"));
	}

	/** Names and subjects may contain any character, so the window comes last. */
	private static String key(BudgetAccount account) {
		return PREFIX + account.limit().name().replace("%", "%25").replace("|", "%7C") + "|" + account.subject() + "|"
				+ account.span().start().getEpochSecond();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
