package io.arcllm.sample;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.NettyPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request, head and body, is complete within 30 s, however it drips, over HTTP/1.1 and
 * HTTP/2. The time is the channel's own.
 */
class RequestDeadlineTests {

	private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	private static final int DATA = 0;

	private static final int HEADERS = 1;

	private static final int RST_STREAM = 3;

	private static final int SETTINGS = 4;

	private static final int CONTINUATION = 9;

	private static final int END_STREAM = 1;

	private static final int END_HEADERS = 4;

	private final EmbeddedChannel channel = new EmbeddedChannel();

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	private void http1() {
		this.channel.pipeline()
			.addLast("codec", new HttpServerCodec())
			.addLast(NettyPipeline.HttpTrafficHandler, new Sink());
		RequestDeadline.add(this.channel.pipeline(), 30_000);
		this.channel.freezeTime();
	}

	private void http2() {
		this.channel.pipeline().addLast("codec", new Sink()).addLast(NettyPipeline.HttpTrafficHandler, new Sink());
		RequestDeadline.add(this.channel.pipeline(), 30_000);
		this.channel.freezeTime();
		receive(bytes(PREFACE));
		receive(frame(SETTINGS, 0, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST / HTTP/1.1\r\nhost: localhost\r\nx: ",
			"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n",
			"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nff\r\n", "P", "PRI * HTTP/2.0\r" })
	void requestThatDripsIsCutOff(String begin) {
		http1();
		receive(bytes(begin));
		for (int i = 0; i < 29; i++) {
			pass(1);
			receive(bytes("a"));
			assertThat(this.channel.isActive()).as(i + " s").isTrue();
		}
		pass(1);
		assertThat(this.channel.isActive()).isFalse();
	}

	@Test
	void requestsThatAreCompleteHaveTimeForTheirAnswer() {
		http1();
		for (int i = 0; i < 3; i++) {
			receive(bytes("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\n12"));
			pass(29);
			receive(bytes("34"));
			pass(100);
			assertThat(this.channel.isActive()).isTrue();
		}
	}

	/** A body that looks like the preface of HTTP/2 is a body. */
	@Test
	void prefaceWithinABodyIsNone() {
		http1();
		receive(bytes("POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n"));
		receive(bytes(PREFACE));
		pass(30);
		assertThat(this.channel.isActive()).isFalse();
	}

	@Test
	void bodyOfHttp2ThatDripsIsCutOff() {
		http2();
		receive(frame(HEADERS, END_HEADERS, 1, 20));
		for (int i = 0; i < 29; i++) {
			pass(1);
			receive(frame(DATA, 0, 1, 1));
			assertThat(this.channel.isActive()).as(i + " s").isTrue();
		}
		pass(1);
		assertThat(this.channel.isActive()).isFalse();
	}

	@Test
	void headOfHttp2ThatDripsIsCutOff() {
		http2();
		receive(frame(HEADERS, END_STREAM, 1, 20));
		for (int i = 0; i < 29; i++) {
			pass(1);
			receive(frame(CONTINUATION, 0, 1, 1));
			assertThat(this.channel.isActive()).as(i + " s").isTrue();
		}
		pass(1);
		assertThat(this.channel.isActive()).isFalse();
	}

	/** Of any type, down to its first byte. */
	@Test
	void frameThatDripsIsCutOff() {
		for (int length : new int[] { 0, 1, 8, 9, 40 }) {
			EmbeddedChannel other = new EmbeddedChannel();
			other.pipeline().addLast("codec", new Sink()).addLast(NettyPipeline.HttpTrafficHandler, new Sink());
			RequestDeadline.add(other.pipeline(), 30_000);
			other.freezeTime();
			other.writeInbound(bytes(PREFACE));
			ByteBuf frame = frame(SETTINGS, 0, 0, 60);
			for (int i = 0; i < length; i++) {
				other.writeInbound(frame.readRetainedSlice(1));
			}
			other.advanceTimeBy(31, TimeUnit.SECONDS);
			other.runScheduledPendingTasks();
			assertThat(other.isActive()).as(length + " bytes").isEqualTo(length == 0);
			frame.release();
			other.finishAndReleaseAll();
		}
	}

	/** A head that took long leaves its body what is left of the time. */
	@Test
	void headAndBodyOfHttp2ShareTheTime() {
		http2();
		receive(frame(HEADERS, 0, 1, 20));
		pass(20);
		receive(frame(CONTINUATION, END_HEADERS, 1, 20));
		pass(9);
		assertThat(this.channel.isActive()).isTrue();
		pass(1);
		assertThat(this.channel.isActive()).isFalse();
	}

	@Test
	void requestsOfHttp2ThatAreCompleteHaveTimeForTheirAnswer() {
		http2();
		receive(frame(HEADERS, END_HEADERS | END_STREAM, 1, 20));
		receive(frame(HEADERS, END_HEADERS, 3, 20));
		pass(29);
		receive(frame(DATA, END_STREAM, 3, 100));
		// trailers end a request, too
		receive(frame(HEADERS, END_HEADERS, 5, 20));
		receive(frame(DATA, 0, 5, 100));
		receive(frame(HEADERS, END_HEADERS | END_STREAM, 5, 20));
		receive(frame(HEADERS, END_HEADERS, 7, 20));
		receive(frame(RST_STREAM, 0, 7, 4));
		// refused by us before its end
		receive(frame(HEADERS, END_HEADERS, 9, 20));
		this.channel.writeOutbound(frame(RST_STREAM, 0, 9, 4));
		pass(1000);
		assertThat(this.channel.isActive()).isTrue();
	}

	@Test
	void connectionOfTooManyUnfinishedRequestsIsClosed() {
		http2();
		for (int i = 0; i < 1001; i++) {
			receive(frame(HEADERS, END_HEADERS, 2 * i + 1, 0));
		}
		assertThat(this.channel.isActive()).isFalse();
	}

	private void receive(ByteBuf bytes) {
		this.channel.writeInbound(bytes);
	}

	private void pass(int seconds) {
		this.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
	}

	private static ByteBuf frame(int type, int flags, int stream, int length) {
		ByteArrayOutputStream frame = new ByteArrayOutputStream();
		frame.write(length >> 16);
		frame.write(length >> 8);
		frame.write(length);
		frame.write(type);
		frame.write(flags);
		for (int shift = 24; shift >= 0; shift -= 8) {
			frame.write(stream >> shift);
		}
		frame.writeBytes(new byte[length]);
		return Unpooled.wrappedBuffer(frame.toByteArray());
	}

	/**
	 * Takes what comes, as the server does.
	 */
	private static final class Sink extends ChannelInboundHandlerAdapter {

	}

}
