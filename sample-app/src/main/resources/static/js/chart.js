import uPlot from '/webjars/uplot/dist/uPlot.esm.js';

const HEIGHT = 190;

/** Two lines over the seconds: plain calls and the stack. Takes its colours from the page's style. */
export class Chart {

	constructor(element, { min, max }) {
		this.element = element;
		this.range = (chart, low, high) => [min, max ?? Math.max(100, (high ?? 0) * 1.15)];
		this.clear(20);
		new ResizeObserver(() => requestAnimationFrame(() => this.fit())).observe(element);
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.make());
	}

	clear(seconds) {
		this.seconds = seconds;
		this.data = [[], [], []];
		this.make();
	}

	add(second, plain, stack) {
		[second, plain ?? null, stack ?? null].forEach((value, index) => this.data[index].push(value));
		this.plot.setData(this.data);
		const last = (value) => (value === undefined ? 'none' : Math.round(value));
		this.element.setAttribute('aria-label', `Second ${second}: plain ${last(plain)}, stack ${last(stack)}`);
	}

	fit() {
		if (this.plot.width !== this.width()) {
			this.plot.setSize({ width: this.width(), height: HEIGHT });
		}
	}

	width() {
		return Math.max(200, this.element.clientWidth);
	}

	make() {
		this.plot?.destroy();
		const style = getComputedStyle(document.documentElement);
		const colour = (name) => style.getPropertyValue(`--${name}`).trim();
		const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false },
			font: '11px system-ui, sans-serif' };
		const line = (label, name, dash) => ({ label, stroke: colour(name), width: 2, dash, points: { size: 4, fill: colour(name) },
			spanGaps: false, value: (plot, value) => (value === null ? '–' : Math.round(value)) });
		this.plot = new uPlot({
			width: this.width(),
			height: HEIGHT,
			padding: [8, 8, 0, 0],
			cursor: { drag: { x: false, y: false } },
			scales: { x: { time: false, range: () => [0, Math.max(this.seconds, this.data[0].at(-1) ?? 0)] }, y: { range: this.range } },
			axes: [{ ...axis, size: 26 }, { ...axis, size: 46 }],
			series: [{ label: 'second', value: (plot, value) => value ?? '–' }, line('plain', 'plain', [5, 3]), line('stack', 'stack')],
		}, this.data, this.element);
	}

}
