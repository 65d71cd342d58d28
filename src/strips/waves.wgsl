// Shapes of sounds: a quad a sound, and in it a column a pixel from least to greatest sample.

struct View {
    // Left, top, width and height of what is drawn to, in pixels of the target.
    viewport: vec4<f32>,
    cell: vec4<f32>,
    // Pixels a point.
    scale: vec4<f32>,
}

struct Wave {
    // Left, top, right and bottom in points.
    @location(0) rect: vec4<f32>,
    // Linear, alpha multiplied in.
    @location(1) colour: vec4<f32>,
    // Where the level's buckets begin, how many there are, and the bucket that the columns are counted from.
    @location(2) place: vec4<u32>,
    // Where the first column begins within that bucket, buckets a column, and the part of a column left of the quad.
    @location(3) columns: vec4<f32>,
}

struct Placed {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) rect: vec4<f32>,
    @location(1) @interpolate(flat) colour: vec4<f32>,
    @location(2) @interpolate(flat) place: vec4<u32>,
    @location(3) @interpolate(flat) columns: vec4<f32>,
}

@group(0) @binding(0) var<uniform> view: View;
@group(1) @binding(0) var<storage, read> buckets: array<u32>;

@vertex
fn vertex(@builtin(vertex_index) corner: u32, wave: Wave) -> Placed {
    let rect = wave.rect * view.scale.x;
    let at = select(rect.xy, rect.zw, vec2<bool>((corner & 1u) == 1u, corner >= 2u));
    let ndc = (at - view.viewport.xy) / view.viewport.zw * 2.0 - 1.0;
    return Placed(vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0), rect, wave.colour, wave.place, wave.columns);
}

// Least and greatest sample of a bucket; silence outside the sound.
fn bucket(place: vec4<u32>, number: i32) -> vec2<f32> {
    let index = i32(place.z) + number;
    if index < 0 || index >= i32(place.y) {
        return vec2<f32>(0.0);
    }
    return unpack2x16snorm(buckets[place.x + u32(index)]);
}

// Where a level lies over or under the middle, -1 to 1. The root: a bed 27 dB down still shows where it swells.
fn height(level: f32) -> f32 {
    return sign(level) * sqrt(min(abs(level), 1.0));
}

@fragment
fn fragment(in: Placed) -> @location(0) vec4<f32> {
    let column = floor(in.position.x - in.rect.x + in.columns.z);
    let first = in.columns.x + column * in.columns.y;
    let end = first + in.columns.y;
    var range: vec2<f32>;
    if in.columns.y < 1.0 {
        // Nearer than the samples were measured: a line from bucket to bucket, through each one's own level.
        let centre = (first + end) * 0.5 - 0.5;
        let left = floor(centre);
        range = mix(bucket(in.place, i32(left)), bucket(in.place, i32(left) + 1), centre - left);
    } else {
        // Every bucket that the column touches, so that no peak is lost.
        let from_bucket = i32(floor(first));
        let last = min(i32(ceil(end)) - 1, from_bucket + 8);
        range = bucket(in.place, from_bucket);
        for (var number = from_bucket + 1; number <= last; number++) {
            let next = bucket(in.place, number);
            range = vec2<f32>(min(range.x, next.x), max(range.y, next.y));
        }
    }
    // In the middle of a pixel, so that silence is a sharp line.
    let middle = floor((in.rect.y + in.rect.w) * 0.5) + 0.5;
    let half_px = (in.rect.w - in.rect.y) * 0.5;
    let top = min(middle - height(range.y) * half_px, middle - 0.5);
    let bottom = max(middle - height(range.x) * half_px, middle + 0.5);
    let share = clamp(in.position.y + 0.5 - top, 0.0, 1.0) * clamp(bottom + 0.5 - in.position.y, 0.0, 1.0);
    return in.colour * share;
}
