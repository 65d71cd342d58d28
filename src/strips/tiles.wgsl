// Small pictures from the atlas: a quad a picture, cut off by the frame that it lies in.

struct View {
    // Left, top, width and height of what is drawn to, in pixels of the target.
    viewport: vec4<f32>,
    // Width and height of a picture in texels, pictures a row, pictures a layer.
    cell: vec4<f32>,
    // Pixels a point; side of a layer in texels.
    scale: vec4<f32>,
}

struct Tile {
    // Left, top, right and bottom in points: of the picture, and of what it is cut to.
    @location(0) rect: vec4<f32>,
    @location(1) frame: vec4<f32>,
    // Radius of the frame's lower corners, and width of the line at the picture's right, in points.
    @location(2) look: vec2<f32>,
    // Number of the picture in this atlas.
    @location(3) slot: u32,
}

struct Placed {
    @builtin(position) position: vec4<f32>,
    @location(0) @interpolate(flat) rect: vec4<f32>,
    @location(1) @interpolate(flat) frame: vec4<f32>,
    @location(2) @interpolate(flat) look: vec2<f32>,
    @location(3) @interpolate(flat) slot: u32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(1) @binding(0) var pictures: texture_2d_array<f32>;
@group(1) @binding(1) var picture_sampler: sampler;

@vertex
fn vertex(@builtin(vertex_index) corner: u32, tile: Tile) -> Placed {
    let rect = tile.rect * view.scale.x;
    let frame = tile.frame * view.scale.x;
    let least = max(rect.xy, frame.xy);
    let most = max(min(rect.zw, frame.zw), least);
    let at = select(least, most, vec2<bool>((corner & 1u) == 1u, corner >= 2u));
    let ndc = (at - view.viewport.xy) / view.viewport.zw * 2.0 - 1.0;
    return Placed(vec4<f32>(ndc.x, -ndc.y, 0.0, 1.0), rect, frame, tile.look * view.scale.x, tile.slot);
}

// Share of a pixel that lies in the frame: its two lower corners are round.
fn inside(at: vec2<f32>, frame: vec4<f32>, radius_px: f32) -> f32 {
    let half_size = (frame.zw - frame.xy) * 0.5;
    let from_centre = at - (frame.xy + frame.zw) * 0.5;
    let radius = select(0.0, min(radius_px, min(half_size.x, half_size.y)), from_centre.y > 0.0);
    let beyond = abs(from_centre) - half_size + radius;
    let distance = length(max(beyond, vec2<f32>(0.0))) + min(max(beyond.x, beyond.y), 0.0) - radius;
    return clamp(0.5 - distance, 0.0, 1.0);
}

@fragment
fn fragment(in: Placed) -> @location(0) vec4<f32> {
    let at = in.position.xy;
    let size = max(in.rect.zw - in.rect.xy, vec2<f32>(1.0));
    let texels_per_px = view.cell.xy / size;
    let texel = (at - in.rect.xy) * texels_per_px;
    let per_layer = u32(view.cell.w);
    let number = in.slot % per_layer;
    let columns = u32(view.cell.z);
    let origin = vec2<f32>(f32(number % columns), f32(number / columns)) * view.cell.xy;
    // A picture that is made smaller is the mean of several looks at it: the atlas has no smaller levels.
    let looks = vec2<i32>(clamp(ceil(texels_per_px / 1.5), vec2<f32>(1.0), vec2<f32>(4.0)));
    var sum = vec3<f32>(0.0);
    for (var y = 0; y < looks.y; y++) {
        for (var x = 0; x < looks.x; x++) {
            let within = (vec2<f32>(f32(x), f32(y)) + 0.5) / vec2<f32>(looks) - 0.5;
            // Half a texel from the border: beyond it lies another picture.
            let place = clamp(texel + within * texels_per_px, vec2<f32>(0.5), view.cell.xy - 0.5) + origin;
            let layer = i32(in.slot / per_layer);
            sum += textureSampleLevel(pictures, picture_sampler, place / view.scale.y, layer, 0.0).rgb;
        }
    }
    var colour = sum / f32(looks.x * looks.y);
    colour *= select(1.0, 0.3, at.x > in.rect.z - in.look.y);
    let share = inside(at, in.frame, in.look.x);
    return vec4<f32>(colour * share, share);
}
